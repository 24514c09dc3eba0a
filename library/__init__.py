"""longreader: reads documents far longer than your model's window, and answers with checked citations."""
