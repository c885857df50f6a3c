"""What is shipped, what is locked, and the script that sets everything up."""
