"""Real runs of small networks on scikit-learn's bundled data, and the script that made them."""
