"""What surrounds the training loop: validation by translation, the console, MLflow."""
