# Reference values for test_its.py: lm and glm with sandwich::NeweyWest (Bartlett window, no prewhitening).
# Run in this folder: Rscript its.R   (R 4.2.2, sandwich 3.0-2, jsonlite; the data are simulated here)
suppressMessages({library(sandwich); library(jsonlite)})
RNGkind("Mersenne-Twister", "Inversion", "Rejection")
set.seed(25)
n <- 80; month <- 1:n; after <- as.numeric(month >= 41); noise <- as.numeric(arima.sim(list(ar = .4), n))
d <- data.frame(month, children = round(9000 + 30 * month),
  rate = round(20 + .05 * month - 2 * after + .1 * after * (month - 41) + cos(month * pi / 6) + noise, 3))
d$requests <- rpois(n, d$children * exp(-5 + .004 * month - .2 * after + .1 * noise))
write.csv(d, "its.csv", row.names = FALSE, quote = FALSE)
trend <- month - 1; slope <- after * (month - 41); c1 <- cos(2 * pi * trend / 12); s1 <- sin(2 * pi * trend / 12)
linear <- lm(rate ~ trend + c1 + s1 + after + slope, d)
counts <- glm(requests ~ trend + after + slope + offset(log(children)), quasipoisson, d, epsilon = 1e-14)
lag <- floor(4 * (n / 100)^(2 / 9))
kept <- function(fit) data.frame(estimate = unname(coef(fit)), iid = unname(sqrt(diag(vcov(fit)))),
  newey_west = unname(sqrt(diag(NeweyWest(fit, lag = lag, prewhite = FALSE, adjust = TRUE)))))
write_json(list(linear = kept(linear), counts = kept(counts)), "its.json", digits = 10, dataframe = "columns")
