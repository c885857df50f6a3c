"""When somebody is called: rules, alerts and their states, silences."""
