# Reference values for test_ranks.py: a random-effects model of arcsine shares by REML, from metafor.
# Run in this folder: Rscript ranks.R   (made with R 4.2.2, metafor 3.8-1 and jsonlite; the shares are funnel.csv's)
suppressMessages({ library(metafor); library(jsonlite) })
units <- read.csv("funnel.csv")
fitted <- rma(yi = asin(sqrt(events / n)), vi = 1 / (4 * n), data = units, method = "REML",
              control = list(threshold = 1e-12, maxiter = 1000))
effects <- blup(fitted)
write(toJSON(list(tau = sqrt(fitted$tau2), mean = as.numeric(fitted$beta),
                  estimate = effects$pred, se = effects$se), digits = 12, auto_unbox = TRUE), "ranks.json")
