"""Who can be called: providers and the models deployed there."""
