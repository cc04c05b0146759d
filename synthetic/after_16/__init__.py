"""Life after 16: month by month to 25, what authorities know of it, work and earnings, and the truth behind them."""
