# Reference values for test_standardise.py: glm with a dummy for every unit, then risks in the average unit.
# Run in this folder: Rscript standardise.R. Made with R 4.2.2, jsonlite; simulated here, so they may be shipped.
suppressMessages(library(jsonlite))
RNGkind("Mersenne-Twister", "Inversion", "Rejection")
set.seed(25)
units <- 12
unit <- sample(units, 2500, TRUE, prob = rexp(units) + .3)
sev <- round(rnorm(2500) + rnorm(units, 0, .6)[unit], 3)
need <- sample(c("ASD", "MLD", "SEMH"), 2500, TRUE, c(.4, .25, .35))
y <- rbinom(2500, 1, plogis(-.6 + .7 * sev + .5 * (need == "SEMH") + rnorm(units, 0, .5)[unit]))
d <- data.frame(unit = sprintf("A%02d", unit), sev, need, y)
write.csv(d, "standardise.csv", row.names = FALSE, quote = FALSE)
m <- glm(y ~ 0 + unit + sev + need, binomial, d, control = glm.control(epsilon = 1e-14, maxit = 100))
b <- coef(m)[c("sev", "needMLD", "needSEMH")]
eta <- drop(model.matrix(~ sev + need, d)[, -1] %*% b)
a <- uniroot(function(a) sum(plogis(a + eta)) - sum(d$y), c(-20, 20), tol = 1e-14)$root
risk <- plogis(a + eta)
write_json(list(coefficients = as.list(b), expected = as.list(tapply(risk, d$unit, sum)),
                observed = as.list(tapply(d$y, d$unit, sum))), "standardise.json", digits = 12, auto_unbox = TRUE)
