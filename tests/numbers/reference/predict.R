# Reference values for test_predict.py: rms::val.prob and glm for calibration, AUC as the share of pairs, net benefit
# and error rates by their formulas, rcspline for the curve.
# Run in this folder: Rscript predict.R   (made with R 4.2.2, rms, Hmisc and jsonlite; the data are simulated here)
suppressMessages({library(jsonlite); library(rms)})
RNGkind("Mersenne-Twister", "Inversion", "Rejection")
set.seed(25)
n <- 800
x <- rnorm(n)
d <- data.frame(p = round(plogis(-1.2 + 1.3 * x), 3), y = rbinom(n, 1, plogis(-.9 + .9 * x)))
write.csv(d, "predict.csv", row.names = FALSE, quote = FALSE)
tight <- glm.control(epsilon = 1e-14, maxit = 100)
l <- qlogis(d$p)
v <- val.prob(d$p, d$y, pl = FALSE)
pairs <- outer(d$p[d$y == 1], d$p[d$y == 0], function(a, b) (a > b) + .5 * (a == b))
t <- .3; found <- d$p >= t
knots <- quantile(l, c(.05, .35, .65, .95))
curve <- glm(d$y ~ rcspline.eval(l, knots, inclx = TRUE), binomial, control = tight)
grid <- c(.1, .3, .6)
at <- plogis(drop(cbind(1, rcspline.eval(qlogis(grid), knots, inclx = TRUE)) %*% coef(curve)))
write_json(list(auc = mean(pairs), auc_val = v[["C (ROC)"]], brier = v[["Brier"]], slope = v[["Slope"]],
                large = coef(glm(d$y ~ offset(l), family = binomial, control = tight))[[1]],
                error = mean(abs(d$p - fitted(curve))), knots = knots, grid = grid, curve = at, threshold = t,
                tpr = mean(found[d$y == 1]), fpr = mean(found[d$y == 0]), ppv = mean(d$y[found]),
                net_benefit = mean(found & d$y == 1) - mean(found & d$y == 0) * t / (1 - t)),
           "predict.json", digits = 12, auto_unbox = TRUE)
