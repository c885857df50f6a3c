"""Where answers are kept: in this process's memory."""
