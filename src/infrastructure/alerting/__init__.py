"""Ways to people: webhooks, and whatever the apprise library reaches."""
