# Reference values for test_delivery.py: the fractional logit by glm(quasibinomial) with errors clustered by authority
# (sandwich), the beta-binomial by its likelihood written out and maximised, calibration by taking the error's variance
# out of the normal equations. Run in this folder: Rscript delivery.R
# Made with R 4.2.2, sandwich, jsonlite; the children are simulated here, so they may be shipped.
suppressMessages({library(sandwich); library(jsonlite)})
RNGkind("Mersenne-Twister", "Inversion", "Rejection")
set.seed(25)
n <- 400; authority <- sample(20, n, TRUE, prob = rexp(20) + .3); asd <- rbinom(n, 1, .4)
specified <- round(exp(rnorm(n, 2, .5)), 1)
share <- rbeta(n, 8 * plogis(1.2 + rnorm(20, 0, .4)[authority] - .3 * asd), 8 * (1 - plogis(1.2 - .3 * asd)))
delivered <- round(specified * share, 2); logged <- round(delivered * exp(rnorm(n, -.0192, .196)), 2)
score <- round(.05 * delivered + .2 * asd + rnorm(20, 0, .1)[authority] + rnorm(n, 0, .5), 3)
d <- data.frame(authority = sprintf("A%02d", authority), asd, specified, delivered, logged, score)
write.csv(d, "delivery.csv", row.names = FALSE, quote = FALSE)

d$ratio <- pmin(d$delivered / d$specified, 1)
fit <- glm(ratio ~ asd, quasibinomial, d, control = list(epsilon = 1e-14))
V <- vcovCL(fit, cluster = d$authority, type = "HC1")

k <- tapply(d$ratio < .9, d$authority, sum); m <- tapply(d$ratio, d$authority, length)
minus <- function(t) { a <- plogis(t[1]) * exp(t[2]); b <- (1 - plogis(t[1])) * exp(t[2])
  -sum(lbeta(a + k, b + m - k) - lbeta(a, b)) }
best <- optim(c(0, 2), minus, control = list(reltol = 1e-14, maxit = 5000))$par
a <- plogis(best[1]) * exp(best[2]); b <- (1 - plogis(best[1])) * exp(best[2])

X <- cbind(d$logged, 1, d$asd); S <- crossprod(X); s <- crossprod(X, d$score)
by_cv <- S; by_cv[1, 1] <- S[1, 1] / 1.04
by_reliability <- S; by_reliability[1, 1] <- S[1, 1] - .2 * sum((d$logged - mean(d$logged))^2)
write_json(list(
  coefficient = unname(coef(fit)), se = unname(sqrt(diag(V))), authority = names(k),
  share = unname((a + k) / (a + b + m)), low = unname(qbeta(.025, a + k, b + m - k)),
  naive = unname(coef(lm(score ~ logged + asd, d))[2]), by_cv = solve(by_cv, s)[1],
  by_reliability = solve(by_reliability, s)[1]
), "delivery.json", digits = 10, auto_unbox = TRUE)
