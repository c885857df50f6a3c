"""Side-by-side measurements of Turnout, nginx and other gateways; started by `./dev bench`."""
