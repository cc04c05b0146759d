# Reference values for test_causal.py. Estimates come from glm, lm and weighted means; their errors from one generic
# sandwich over the stacked estimating equations, with the bread by finite differences: it knows none of the closed
# forms that are held against it. Regression from sandwich::vcovCL, balance from MatchIt.
# Run in this folder: Rscript causal.R. Made with R 4.2.2, sandwich, MatchIt, jsonlite; the data are simulated here.
# nhefs.csv is not made here: 1,566 rows of the National Health and Nutrition Examination Survey's follow-up study, a
# work of the US Government; published results in Hernán & Robins 2020, Causal Inference: What If, chapters 12 and 13.
suppressMessages({library(sandwich); library(MatchIt); library(jsonlite)})
RNGkind("Mersenne-Twister", "Inversion", "Rejection")
set.seed(25)
n <- 900; groups <- 45
g <- sample(groups, n, TRUE); u <- rnorm(groups, 0, .4)[g]
d <- data.frame(authority = sprintf("A%02d", g), prior = round(rnorm(n), 3), absence = round(rexp(n), 3),
                boy = rbinom(n, 1, .6), need = sample(c("ASD", "MLD", "SEMH"), n, TRUE))
linear <- .5 * d$prior + .4 * d$absence - .3 * d$boy + .5 * (d$need == "SEMH") + u
d$plan <- rbinom(n, 1, plogis(-.6 + .8 * linear))
d$score <- round(1 - linear + (.4 + .2 * d$prior) * d$plan + rnorm(n), 3)
d$neet <- rbinom(n, 1, plogis(-.8 + .7 * linear - .5 * d$plan))
write.csv(d, "causal.csv", row.names = FALSE, quote = FALSE)

X <- model.matrix(~ prior + absence + boy + need, d); p <- ncol(X); A <- d$plan
tilt <- list(ate = function(e) 0 * e + 1, att = function(e) e, ato = function(e) e * (1 - e))

# Rows' estimating functions at theta, stacked; solved where colMeans are 0.
sandwich_se <- function(psi, theta, cluster) {
  at <- psi(theta); k <- length(theta)
  bread <- sapply(1:k, function(j) {
    step <- 1e-5 * max(1, abs(theta[j])); up <- down <- theta; up[j] <- up[j] + step; down[j] <- down[j] - step
    (colMeans(psi(up)) - colMeans(psi(down))) / (2 * step)
  })
  by <- rowsum(at, cluster); G <- nrow(by)
  inverse <- solve(bread)
  covariance <- inverse %*% (crossprod(by) / nrow(at)^2 * G / (G - 1)) %*% t(inverse)
  contrast <- c(rep(0, k - 2), -1, 1)   # the last two are the means of the untreated and the treated
  sqrt(drop(contrast %*% covariance %*% contrast))
}
tight <- glm.control(epsilon = 1e-14, maxit = 100)
alpha <- coef(glm(A ~ X - 1, family = binomial, control = tight))
chance <- function(a) drop(plogis(X %*% a))

weighted <- function(name, y, cluster) {
  w <- function(a) { e <- chance(a); tilt[[name]](e) / ifelse(A == 1, e, 1 - e) }
  mu <- sapply(0:1, function(arm) weighted.mean(y[A == arm], w(alpha)[A == arm]))
  psi <- function(t) { a <- t[1:p]; cbind(X * (A - chance(a)), w(a) * (A == 0) * (y - t[p + 1]), w(a) * (A == 1) * (y - t[p + 2])) }
  list(estimate = mu[2] - mu[1], se = sandwich_se(psi, c(alpha, mu), cluster), ratio = mu[2] / mu[1])
}
standardised <- function(name, y, cluster, binary) {
  link <- if (binary) plogis else identity; family <- if (binary) binomial() else gaussian()
  beta <- lapply(0:1, function(arm) coef(glm(y[A == arm] ~ X[A == arm, ] - 1, family = family, control = tight)))
  m <- function(b) drop(link(X %*% b))
  v <- function(a) if (name == "att") A else tilt[[name]](chance(a))
  mu <- sapply(beta, function(b) weighted.mean(m(b), v(alpha)))
  psi <- function(t) {
    a <- t[1:p]; b0 <- t[p + 1:p]; b1 <- t[2 * p + 1:p]
    cbind(X * (A - chance(a)), X * (A == 0) * (y - m(b0)), X * (A == 1) * (y - m(b1)),
          v(a) * (m(b0) - t[3 * p + 1]), v(a) * (m(b1) - t[3 * p + 2]))
  }
  list(estimate = mu[2] - mu[1], se = sandwich_se(psi, c(alpha, beta[[1]], beta[[2]], mu), cluster))
}
augmented <- function(y, binary, cluster) {  # ate and att, each as it is usually written
  family <- if (binary) binomial() else gaussian(); link <- if (binary) plogis else identity
  m <- lapply(0:1, function(arm) drop(link(X %*% coef(glm(y[A == arm] ~ X[A == arm, ] - 1, family = family, control = tight)))))
  e <- chance(alpha); G <- length(unique(cluster))
  error <- function(i) sqrt(G / (G - 1) * sum(rowsum(i, cluster)^2)) / n
  i <- m[[2]] - m[[1]] + A / e * (y - m[[2]]) - (1 - A) / (1 - e) * (y - m[[1]])
  j <- (A - (1 - A) * e / (1 - e)) * (y - m[[1]]) / mean(A)
  list(ate = list(estimate = mean(i), se = error(i - mean(i))), att = list(estimate = mean(j), se = error(j - A / mean(A) * mean(j))))
}
each <- function(f) sapply(names(tilt), f, simplify = FALSE)
row <- 1:n
ols <- lm(score ~ plan + prior + absence + boy + need, d)
before <- summary(matchit(plan ~ prior + absence + boy + need, d, method = NULL, estimand = "ATE"))$sum.all
treated <- summary(matchit(plan ~ prior + absence + boy + need, d, method = NULL, estimand = "ATT"))$sum.all
keep <- c("prior", "absence", "boy", "needMLD", "needSEMH")
write_json(list(
  iptw = each(function(e) weighted(e, d$score, row)), iptw_clustered = each(function(e) weighted(e, d$score, d$authority)),
  iptw_binary = each(function(e) weighted(e, d$neet, d$authority)),
  gformula = each(function(e) standardised(e, d$score, d$authority, FALSE)),
  gformula_binary = each(function(e) standardised(e, d$neet, d$authority, TRUE)),
  aipw = augmented(d$score, FALSE, d$authority), aipw_binary = augmented(d$neet, TRUE, d$authority),
  regression = list(estimate = unname(coef(ols)["plan"]),
                    se = sqrt(vcovCL(ols, d$authority, type = "HC0", cadjust = TRUE)["plan", "plan"])),
  balance = list(ate = before[keep, c("Std. Mean Diff.", "Var. Ratio")], att = treated[keep, c("Std. Mean Diff.", "Var. Ratio")])
), "causal.json", digits = 12, auto_unbox = TRUE, dataframe = "columns")
