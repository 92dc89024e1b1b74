doctor() { :; }
