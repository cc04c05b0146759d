# Reference values for test_missing.py: mice's pool() on fits to its nhanes, lm, nnet::multinom and MASS::polr on
# simulated data, weights and bounds from their formulas in base R.
# Run in this folder: Rscript missing.R   (made with R 4.2.2, mice 3.15.0, nnet, MASS, jsonlite)
suppressMessages({library(jsonlite); library(mice); library(MASS); library(nnet)})
RNGkind("Mersenne-Twister", "Inversion", "Rejection")
set.seed(25)
# Pooling: what pool() makes of ten fits; only the fits' estimates and errors are kept.
imputed <- mice(nhanes, m = 10, seed = 25, printFlag = FALSE)
fits <- with(imputed, lm(chl ~ age + bmi))
told <- lapply(fits$analyses, function(f) coef(summary(f)))
pooled <- pool(fits)$pooled
several <- pool.scalar(c(1.2, 1.5, .9, 1.1), c(.2, .25, .18, .22)^2)
pooling <- list(estimates = t(sapply(told, function(t) t[, 1])), ses = t(sapply(told, function(t) t[, 2])),
                dfcom = pooled$dfcom[1], estimate = pooled$estimate, se = sqrt(pooled$t), df = pooled$df,
                riv = pooled$riv, fmi = pooled$fmi,
                large = list(estimate = several$qbar, se = sqrt(several$t), df = several$df, fmi = several$fmi))

n <- 300
d <- data.frame(x = round(rnorm(n), 3), z = round(rnorm(n), 3))
d$y <- round(1 + .5 * d$x - .3 * d$z + rnorm(n), 3)
eta <- cbind(0, .4 + .8 * d$x, -.3 - .5 * d$z)
d$way <- apply(exp(eta), 1, function(e) sample(0:2, 1, prob = e))
d$grade <- as.integer(cut(.8 * d$x - .6 * d$z + rlogis(n), c(-Inf, -1, .5, 1.5, Inf))) - 1
write.csv(d, "missing.csv", row.names = FALSE, quote = FALSE)

# A proper normal draw: the posterior predictive mean and SD at the first five rows, the other rows being known.
have <- d[-(1:5), ]; fit <- lm(y ~ x + z, have); lacking <- model.matrix(~ x + z, d[1:5, ])
left <- df.residual(fit)
normal <- list(mean = as.vector(lacking %*% coef(fit)),
               sd = sqrt(sigma(fit)^2 * left / (left - 2) * (1 + rowSums((lacking %*% summary(fit)$cov.unscaled) * lacking))))
draws <- replicate(4000, mice.impute.norm(d$y, !(seq_len(n) %in% 1:5), as.matrix(d[, c("x", "z")])))
mice_norm <- list(mean = rowMeans(draws[, 1, ]), sd = apply(draws[, 1, ], 1, sd))

several_ways <- multinom(factor(way) ~ x + z, d, trace = FALSE, reltol = 1e-14, maxit = 1000)
unordered <- list(estimate = coef(several_ways), se = summary(several_ways)$standard.errors)
grades <- polr(factor(grade) ~ x + z, d, Hess = TRUE, control = list(reltol = 1e-14, maxit = 1000))
ordered <- list(thresholds = grades$zeta, slopes = coef(grades), se = coef(summary(grades))[, 2])

# Weights of those who stayed: the ways 1 and 2 are ways out, the numerator has no covariate.
stay <- predict(several_ways, type = "probs")[, 1]; stayed <- d$way == 0
w <- mean(stayed) / stay[stayed]
weights <- list(weight = w, ess = sum(w)^2 / sum(w^2), mean = weighted.mean(d$y[stayed], w))

# Two periods: the chance of staying is the product, the numerator has the period alone.
two <- rbind(transform(d, id = 1:n, t = 1), transform(d[d$way == 0, ], id = which(d$way == 0), t = 2))
two$left <- ifelse(two$t == 1, two$way > 0, rbinom(nrow(two), 1, plogis(-1 + two$x)))
write.csv(two[, c("id", "t", "x", "z", "left")], "leaving.csv", row.names = FALSE, quote = FALSE)
tight <- glm.control(epsilon = 1e-14, maxit = 100)
full <- glm(left ~ x + z + factor(t), binomial, two, control = tight)
few <- glm(left ~ factor(t), binomial, two, control = tight)
ratio <- (1 - fitted(few)) / (1 - fitted(full))
product <- ave(ratio, two$id, FUN = cumprod)
ends <- product[two$t == 2 & !two$left]
periods <- list(weight = product[!two$left], ess = sum(ends)^2 / sum(ends^2),
                estimate = coef(full), se = sqrt(diag(vcov(full))))

# Bounds of a share, 40 events and 12 not known of 100: Imbens & Manski (2004), Wilson limits.
k <- 40; u <- 12; m <- 100; lower <- k / m; upper <- (k + u) / m
s <- max(sqrt(c(lower * (1 - lower), upper * (1 - upper)) / m))
c95 <- uniroot(function(c) pnorm(c + (upper - lower) / s) - pnorm(-c) - .95, c(1.6, 2), tol = 1e-13)$root
level <- 2 * pnorm(c95) - 1
bounds <- list(lower = lower, upper = upper, low = prop.test(k, m, conf.level = level, correct = FALSE)$conf.int[1],
               high = prop.test(k + u, m, conf.level = level, correct = FALSE)$conf.int[2])
write_json(list(pooling = pooling, normal = normal, mice_norm = mice_norm, unordered = unordered, ordered = ordered,
                weights = weights, periods = periods, bounds = bounds), "missing.json", digits = 10, auto_unbox = TRUE)
