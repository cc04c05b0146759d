# Reference values for test_robust.py: clubSandwich (CR2, CR3 and Satterthwaite's degrees of freedom), sandwich
# (HC1, CR1, multiway), and a wild bootstrap over all 256 sign vectors by brute force, one lm() a draw.
# Run in this folder: Rscript robust.R   (R 4.2.2, clubSandwich 0.5.8, sandwich 3.0-2, jsonlite; data simulated here)
suppressMessages({library(clubSandwich); library(sandwich); library(jsonlite)})
RNGkind("Mersenne-Twister", "Inversion", "Rejection")
set.seed(25)
G <- 14; size <- round(exp(rnorm(G, 2.9, .8))) + 3; g <- rep(1:G, size); n <- length(g)
ward <- sample(24, n, TRUE)
d <- data.frame(authority = sprintf("A%02d", g), ward = sprintf("W%02d", ward),
                place = round(rexp(G)[g], 3), prior = round(rnorm(n), 3),
                need = sample(c("ASD", "MLD", "SEMH"), n, TRUE), weight = round(runif(n, .3, 3), 2))
lin <- .3 * d$place + .5 * d$prior - .3 * (d$need == "MLD") + rnorm(G, 0, .4)[g] + rnorm(24, 0, .5)[ward]
d$score <- round(lin + rnorm(n), 3)
d$neet <- rbinom(n, 1, plogis(lin - 1)); d$days <- rpois(n, exp(.4 * lin))
write.csv(d, "robust.csv", row.names = FALSE, quote = FALSE)

ols <- lm(score ~ place + prior + need, d)
wls <- lm(score ~ place + prior + need, d, weights = weight)
lm_as_glm <- glm(score ~ place + prior + need, gaussian, d, weights = weight)
logit <- glm(neet ~ place + prior + need, binomial, d, epsilon = 1e-14)
rate <- glm(days ~ place + prior + need, poisson, d, epsilon = 1e-14)
risk <- glm(neet ~ place + prior + need, poisson, d, epsilon = 1e-14)

club <- function(fit, type, ...) {
  t <- coef_test(fit, vcovCR(fit, d$authority, type, ...), test = "Satterthwaite")
  data.frame(estimate = t$beta, se = t$SE, df = t$df)
}
# Where weights differ within a cluster, clubSandwich takes another root of the equation that defines CR2, one that
# needs matrices as large as a cluster. So the whitened rows are given to it, of which both take the same root; its
# figures for the weighted fit itself are kept too (direct), and differ in the third digit.
club_white <- function(fit) {
  w <- sqrt(weights(fit, "working")); X <- model.matrix(fit) * w
  z <- w * (predict(fit) + residuals(fit, "working"))
  white <- lm(z ~ 0 + X); stopifnot(all.equal(unname(coef(white)), unname(coef(fit)), tolerance = 1e-7))
  club(white, "CR2")
}
club_weighted <- function(fit, type) club(fit, type, target = mean(d$weight) / d$weight, inverse_var = TRUE)
# Where a multiway covariance is not positive we mend it in a basis of our own; these are, and are not touched.
own <- function(fit, V) { stopifnot(eigen(V)$values > 0)
  data.frame(estimate = unname(coef(fit)), se = unname(sqrt(diag(V)))) }
cl <- function(fit, ways) own(fit, vcovCL(fit, d[, ways, drop = FALSE], type = "HC1"))

# Standardised risk differences of `need`: the mean of predictions, the delta method on the HC1 and CR1 covariances.
differ <- function(level, V) {
  mean_risk <- function(b, l) { e <- d; e$need <- factor(l, c("ASD", "MLD", "SEMH"))
    mean(plogis(drop(model.matrix(~ place + prior + need, e) %*% b))) }
  b <- coef(logit); f <- function(b) mean_risk(b, level) - mean_risk(b, "ASD")
  grad <- sapply(seq_along(b), function(j) { h <- 1e-5; u <- b; u[j] <- u[j] + h; w <- b; w[j] <- w[j] - h
    (f(u) - f(w)) / (2 * h) })
  c(f(b), sqrt(drop(t(grad) %*% V %*% grad)))
}
differences <- function(V) { m <- sapply(c("MLD", "SEMH"), differ, V = V)
  data.frame(estimate = unname(m[1, ]), se = unname(m[2, ])) }

few <- d[d$authority %in% sprintf("A%02d", 1:8), ]
codes <- as.integer(factor(few$authority)); signs <- as.matrix(expand.grid(rep(list(c(-1, 1)), 8)))
root <- function(fit, term) sqrt(vcovCL(fit, codes, type = "HC0", cadjust = FALSE)[term, term])
wild <- function(term, null) {
  full <- lm(score ~ place + prior, few)
  t0 <- abs(coef(full)[term] - null) / root(full, term)
  others <- setdiff(c("place", "prior"), term)
  few$moved <- few$score - null * few[[term]]
  r <- lm(reformulate(others, "moved"), few)
  draws <- apply(signs, 1, function(s) {
    few$star <- fitted(r) + null * few[[term]] + residuals(r) * s[codes]
    f <- lm(star ~ place + prior, few); abs(coef(f)[term] - null) / root(f, term) })
  mean(draws >= t0 - 1e-9)
}
nulls <- c(-.5, 0, .2, .6, 1)
write_json(list(
  ols_iid = own(ols, vcov(ols)), ols_hc1 = own(ols, vcovHC(ols, "HC1")), ols_cr1 = cl(ols, "authority"),
  ols_cr2 = club(ols, "CR2"), ols_cr3 = club(ols, "CR3"), ols_two = cl(update(ols, . ~ place), c("authority", "ward")),
  wls_cr1 = cl(wls, "authority"), wls_cr2 = club_white(lm_as_glm), wls_cr3 = club_weighted(wls, "CR3"),
  wls_hc1 = own(wls, vcovHC(wls, "HC1")),
  logit_cr1 = cl(logit, "authority"), logit_cr2 = club_white(logit), logit_cr3 = club(logit, "CR3"),
  logit_iid = own(logit, vcov(logit)), rate_cr2 = club_white(rate), rate_two = cl(update(rate, . ~ place), c("authority", "ward")),
  rate_hc1 = own(rate, vcovCL(rate, 1:n, type = "HC1")), risk_cr2 = club_white(risk),
  direct = list(wls_cr2 = club_weighted(wls, "CR2"), logit_cr2 = club(logit, "CR2"), rate_cr2 = club(rate, "CR2")),
  differences_cr1 = differences(vcovCL(logit, d$authority, type = "HC1")),
  wild = list(null = nulls, place = sapply(nulls, wild, term = "place"), prior = sapply(nulls, wild, term = "prior"))
), "robust.json", digits = 10, auto_unbox = TRUE, dataframe = "columns")
