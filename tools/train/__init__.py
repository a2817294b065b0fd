"""Training of the learned image codec: photos in, networks and entropy model out. README.md beside this file."""
