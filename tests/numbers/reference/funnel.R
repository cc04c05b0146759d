# Reference values for test_funnel.py: the formulas of Spiegelhalter (2005), Stat. Med. 24:1185, and of
# Spiegelhalter et al. (2012), J. R. Stat. Soc. A 175:1, written out in base R, apart from the Python.
# Run in this folder: Rscript funnel.R   (made with R 4.2.2 and jsonlite; the data are simulated here)
suppressMessages(library(jsonlite))
RNGkind("Mersenne-Twister", "Inversion", "Rejection")
set.seed(25)
units <- 60
funnel <- data.frame(unit = sprintf("A%02d", 1:units), n = round(exp(rnorm(units, 6, .8))))
funnel$events <- rbinom(units, funnel$n, plogis(rnorm(units, -.2, .35)))
funnel$expected <- round(funnel$n * .45 * exp(rnorm(units, 0, .1)), 3)
write.csv(funnel, "funnel.csv", row.names = FALSE, quote = FALSE)

moments <- function(z, s) {
  phi <- sum(z^2) / length(z); I <- length(z); w <- 1 / s^2
  list(phi = phi, tau2 = max(0, (I * phi - (I - 1)) / (sum(w) - sum(w^2) / sum(w))))
}
winsorised <- function(z, by = .1) pmin(pmax(z, quantile(z, by, type = 7)), quantile(z, 1 - by, type = 7))
limits <- function(middle, s, tau2, back) {
  total <- sqrt(s^2 + tau2)
  data.frame(low95 = back(middle - qnorm(.975) * total), high95 = back(middle + qnorm(.975) * total),
             low998 = back(middle - qnorm(.999) * total), high998 = back(middle + qnorm(.999) * total))
}
with(funnel, {
  p <- sum(events) / sum(n); s <- 1 / (2 * sqrt(n)); z <- (asin(sqrt(events / n)) - asin(sqrt(p))) / s
  m <- moments(winsorised(z), s)
  proportion <<- c(list(target = p, z = z), m, limits(asin(sqrt(p)), s, m$tau2, function(y) sin(y)^2))

  s <- 1 / sqrt(expected); z <- log(events / expected) / s
  m <- moments(winsorised(z), s)
  log_winsorised <<- c(list(z = z), m, limits(0, s, m$tau2, exp))
  m <- moments(z, s)
  log_every <<- c(m, limits(0, s, m$tau2, exp))

  s <- 1 / (2 * sqrt(expected)); z <- (sqrt(events / expected) - 1) / s
  m <- moments(winsorised(z), s)
  root_winsorised <<- c(list(z = z), m, limits(1, s, m$tau2, function(y) pmax(y, 0)^2))

  binomial_limit <- function(tail) {
    r <- qbinom(tail, n, p); pmin(pmax((r - (pbinom(r, n, p) - tail) / dbinom(r, n, p)) / n, 0), 1)
  }
  poisson_limit <- function(tail) {
    r <- qpois(tail, expected); pmax((r - (ppois(r, expected) - tail) / dpois(r, expected)) / expected, 0)
  }
  tails <- c(low95 = .025, high95 = .975, low998 = .001, high998 = .999)
  exact_proportion <<- as.data.frame(lapply(tails, binomial_limit))
  exact_ratio <<- as.data.frame(lapply(tails, poisson_limit))
})
# Values with a standard error: metafor 3.8-1 for DerSimonian & Laird around the mean weighted by 1/s^2, and the root of
# the winsorised mean square at what a normal number leaves of it, by integration.
suppressMessages(library(metafor))
values <- with(funnel, {
  y <- asin(sqrt(events / n)); s <- 1 / (2 * sqrt(n))
  middle <- as.numeric(coef(rma(yi = y, sei = s, method = "FE")))
  q <- qnorm(.9)
  left <- integrate(function(z) pmin(pmax(z, -q), q)^2 * dnorm(z), -Inf, Inf, rel.tol = 1e-12)$value
  excess <- function(tau2) mean(winsorised((y - middle) / sqrt(s^2 + tau2))^2) - left
  list(y = y, se = s, mean = middle, dl = rma(yi = y, sei = s, method = "DL")$tau2,
       consistent = uniroot(excess, c(0, 1), tol = 1e-15)$root)
})
# What FunnelPlotR's own unit test expects of its default on six units: log scale, and trimming by bands of
# ranks, which takes nothing from so few.
published <- list(observed = c(100, 150, 180, 80, 120, 225), expected = c(108, 112, 165, 95, 100, 220),
                  phi = 2.948033, tau2 = 0.019478)
write_json(list(published = published, proportion = proportion, log_winsorised = log_winsorised,
                log_every = log_every, root_winsorised = root_winsorised,
                exact_proportion = exact_proportion, exact_ratio = exact_ratio,
                values = values),
           "funnel.json", digits = 10, auto_unbox = TRUE, dataframe = "columns")
