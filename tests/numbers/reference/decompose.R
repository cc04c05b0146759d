# Reference values for test_decompose.py: Kitagawa-Oaxaca-Blinder, Yun, recentred influence functions and Gelbach
# written out in base R, apart from the Python; factors by sum contrasts, which is what normalising amounts to.
# Run in this folder: Rscript decompose.R   (made with R 4.2.2, sandwich and jsonlite; the data are simulated here)
suppressMessages({library(jsonlite); library(sandwich)})
RNGkind("Mersenne-Twister", "Inversion", "Rejection")
set.seed(25)
n <- 600
d <- data.frame(group = rep(c("plan", "support"), c(220, 380)), authority = sample(sprintf("A%02d", 1:50), n, TRUE))
a <- d$group == "plan"
d$early <- round(rnorm(n, ifelse(a, -.5, .3)), 3)
d$absence <- round(pmax(rnorm(n, ifelse(a, 9, 6), 3), 0), 2)
d$need <- ifelse(a, sample(c("asd", "mld", "semh"), n, TRUE, c(.5, .2, .3)), sample(c("asd", "mld", "semh"), n, TRUE, c(.2, .5, .3)))
d$score <- round(50 + ifelse(a, 3, 4) * d$early - .5 * d$absence + 2 * (d$need == "mld") - 3 * a + rnorm(n, 0, 6), 3)
d$pass <- rbinom(n, 1, plogis(.3 + .8 * d$early - .08 * d$absence + .4 * (d$need == "mld") - .4 * a))
write.csv(d, "decompose.csv", row.names = FALSE, quote = FALSE)

d$need <- factor(d$need); contrasts(d$need) <- contr.sum(3)
right <- ~ early + absence + need
X <- model.matrix(right, d); blocks <- attr(X, "assign")
Xa <- X[a, ]; Xb <- X[!a, ]; ma <- colMeans(Xa); mb <- colMeans(Xb)
by <- function(v) as.vector(tapply(v, blocks, sum))   # (intercept), early, absence, need
linear <- function(y) {
  ba <- coef(lm(y[a] ~ Xa - 1)); bb <- coef(lm(y[!a] ~ Xb - 1))
  neumark <- coef(lm(y ~ X - 1)); pooled <- coef(lm(y ~ X + a - 1))[seq_len(ncol(X))]
  two <- function(b) list(explained = sum((ma - mb) * b), unexplained = sum(ma * (ba - b)) + sum(mb * (b - bb)),
                          detail = list(explained = by((ma - mb) * b), unexplained = by(ma * (ba - b) + mb * (b - bb))))
  list(gap = mean(y[a]) - mean(y[!a]), pooled = two(pooled), neumark = two(neumark), a = two(ba), b = two(bb),
       threefold = list(endowments = by((ma - mb) * bb), coefficients = by(mb * (ba - bb)), interaction = by((ma - mb) * (ba - bb))))
}
mean_gap <- linear(d$score)
# Error of the explained part under group b's coefficients: means and coefficients taken as independent.
vb <- vcovHC(lm(score ~ early + absence + need, d[!a, ]), type = "HC0"); bb <- coef(lm(score ~ early + absence + need, d[!a, ]))
explained_se <- sqrt(drop(t(ma - mb) %*% vb %*% (ma - mb) + t(bb) %*% (cov(Xa) / sum(a) + cov(Xb) / sum(!a)) %*% bb))

rif <- function(y, tau) {
  q <- as.vector(quantile(y, tau)); h <- .9 * min(sd(y), IQR(y) / 1.34) * length(y)^-.2
  q + (tau - (y <= q)) / mean(dnorm((y - q) / h) / h)
}
recentred <- d$score; recentred[a] <- rif(d$score[a], .25); recentred[!a] <- rif(d$score[!a], .25)
quantile_gap <- linear(recentred)[c("gap", "pooled")]

tight <- glm.control(epsilon = 1e-14, maxit = 100)
logit <- function(y, X) suppressWarnings(coef(glm(y ~ X - 1, binomial, control = tight)))
ba <- logit(d$pass[a], Xa); bb <- logit(d$pass[!a], Xb); b <- logit(d$pass, cbind(X, a))[seq_len(ncol(X))]
at <- function(X, b) mean(plogis(X %*% b))
explained <- at(Xa, b) - at(Xb, b); gap <- at(Xa, ba) - at(Xb, bb)
share <- function(v) by(v) / sum(v)
binary <- list(gap = gap, explained = explained, unexplained = gap - explained,
               detail = list(explained = share((ma - mb) * b) * explained,
                             unexplained = share(ma * (ba - b) + mb * (b - bb)) * (gap - explained)),
               threefold = list(endowments = at(Xa, bb) - at(Xb, bb), coefficients = at(Xb, ba) - at(Xb, bb)))

d$plan <- as.numeric(a)
base <- lm(score ~ plan, d); full <- lm(score ~ plan + early + absence + need, d)
onto <- function(v) coef(lm(v ~ plan, d))[["plan"]]
F <- model.matrix(full)
moved <- list(early = onto(F[, 3] * coef(full)[3]), rest = onto(F[, 4:6] %*% coef(full)[4:6]),
              base = coef(base)[["plan"]], full = coef(full)[["plan"]],
              full_se = sqrt(vcovCL(full, d$authority, type = "HC0", cadjust = TRUE)[2, 2]))
write_json(list(mean = mean_gap, explained_se = explained_se, quantile = quantile_gap, binary = binary, gelbach = moved),
           "decompose.json", digits = 12, auto_unbox = TRUE)
