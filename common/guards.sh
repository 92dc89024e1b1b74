guards_of_block() { :; }
guards_of_trial() { :; }
