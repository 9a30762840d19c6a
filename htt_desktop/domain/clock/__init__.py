"""When was it: the logger's clock matched to official race time."""
