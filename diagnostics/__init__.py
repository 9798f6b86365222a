"""The engine of Run Clinic: reads what a training run left behind and says what is wrong with it."""
