# Reference values for multiple membership in test_multilevel.py: lme4's modular functions with a Z of shares in place of
# the indicators of one authority. Run in this folder: Rscript membership.R   (R 4.2.2, lme4 1.1-31, jsonlite)
suppressMessages({library(lme4); library(Matrix); library(jsonlite)})
RNGkind("Mersenne-Twister", "Inversion", "Rejection")
set.seed(25)
n <- 900; authorities <- 25; schools <- 90
d <- data.frame(school = sprintf("S%02d", rep(1:schools, each = n / schools)),
                first = sample(authorities, n, TRUE), second = sample(authorities, n, TRUE))
moved <- runif(n) < .4
d$share <- ifelse(moved, round(runif(n, .1, .6), 2), 0)
d$second <- ifelse(moved, d$second, d$first)
d$x <- round(rnorm(n), 3)
u <- rnorm(authorities, 0, .7); v <- rnorm(schools, 0, .4)
d$y <- round(.5 * d$x + (1 - d$share) * u[d$first] + d$share * u[d$second] +
             v[as.integer(factor(d$school))] + rnorm(n), 6)
d$first <- sprintf("A%02d", d$first); d$second <- sprintf("A%02d", d$second)
write.csv(d, "membership.csv", row.names = FALSE, quote = FALSE)

d$school <- factor(d$school); d$authority <- factor(d$first, levels = sprintf("A%02d", 1:authorities))
z <- sparseMatrix(i = rep(seq_len(n), 2), x = c(1 - d$share, d$share), dims = c(n, authorities),
                  j = c(match(d$first, levels(d$authority)), match(d$second, levels(d$authority))))
told <- function(reml) {
  f <- lFormula(y ~ x + (1 | school) + (1 | authority), d, REML = reml)
  f$reTrms$Ztlist[["1 | authority"]] <- drop0(t(z)); f$reTrms$Zt <- do.call(rbind, f$reTrms$Ztlist)
  devfun <- do.call(mkLmerDevfun, f)
  control <- list(algorithm = "NLOPT_LN_BOBYQA", xtol_abs = 1e-12, ftol_abs = 1e-14)
  fit <- mkMerMod(environment(devfun), optimizeLmer(devfun, optimizer = "nloptwrap", control = control), f$reTrms, f$fr)
  v <- as.data.frame(VarCorr(fit)); v <- setNames(v$vcov, v$grp); e <- ranef(fit, condVar = FALSE)$authority
  list(criterion = if (reml) REMLcrit(fit) else deviance(fit), estimate = unname(fixef(fit)),
       se = unname(sqrt(diag(as.matrix(vcov(fit))))), variance = as.list(v), level = rownames(e), effect = e[[1]])
}
write_json(list(reml = told(TRUE), ml = told(FALSE)), "membership.json", digits = 12, auto_unbox = TRUE)
