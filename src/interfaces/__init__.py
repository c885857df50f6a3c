"""How the outside reaches us: the driving side, one room per way in."""
