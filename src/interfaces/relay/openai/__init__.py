"""What all of OpenAI's endpoints have in common: JSON bodies and the shape of an error."""
