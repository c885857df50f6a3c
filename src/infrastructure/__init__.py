"""How the outside is reached: the driven side, one room per technology."""
