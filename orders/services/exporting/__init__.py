"""Files of a shop's orders (OR-23): what stands in them, and the jobs that write them."""
