"""What do the commands of ``souwen`` do, one by one? Each is parse, call, render."""
