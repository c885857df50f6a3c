"""What has been learnt about each deployment."""
