list() { :; }
