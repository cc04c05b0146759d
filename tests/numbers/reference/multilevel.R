# Reference values for test_multilevel.py, from lme4 and, for comparative errors, from Henderson's equations
# written out in dense matrices. Run in this folder: Rscript multilevel.R
# Made with R 4.2.2, lme4 1.1-31, jsonlite; the data are simulated here, so they may be shipped.
suppressMessages({library(lme4); library(jsonlite)})
RNGkind("Mersenne-Twister", "Inversion", "Rejection")
set.seed(25)
tight_lmm <- lmerControl(optimizer = "bobyqa", optCtrl = list(rhoend = 1e-10), calc.derivs = FALSE)
tight_glmm <- glmerControl(optimizer = "bobyqa", optCtrl = list(rhoend = 1e-9, maxfun = 1e5), tolPwrss = 1e-10)

# ---- the invented children -------------------------------------------------------------------------
authorities <- 30; schools <- 150
authority_of <- sample(authorities, schools, TRUE, prob = rexp(authorities) + .3)
school <- sample(schools, 1500, TRUE, prob = rexp(schools) + .2)
nested <- data.frame(
  authority = sprintf("A%02d", authority_of[school]), school = sprintf("S%03d", school),
  sex = sample(c("F", "M"), 1500, TRUE), need = sample(c("ASD", "MLD", "SEMH"), 1500, TRUE, c(.4, .25, .35)),
  prior = round(rnorm(1500), 3))
u <- rnorm(authorities, 0, .35); v <- rnorm(schools, 0, .45)
linear <- .2 + .5 * nested$prior - .15 * (nested$sex == "M") - .2 * (nested$need == "MLD") - .4 * (nested$need == "SEMH")
nested$score <- round(linear + u[authority_of[school]] + v[school] + rnorm(1500, 0, .9), 3)
nested$neet <- rbinom(1500, 1, plogis(-.8 - .6 * linear + 1.6 * u[authority_of[school]]))
write.csv(nested, "nested.csv", row.names = FALSE, quote = FALSE)

crossed <- data.frame(primary = sample(60, 900, TRUE), secondary = sample(14, 900, TRUE), prior = round(rnorm(900), 3))
crossed$score <- round(1 + .4 * crossed$prior + rnorm(60, 0, .5)[crossed$primary] +
                         rnorm(14, 0, .25)[crossed$secondary] + rnorm(900), 3)
write.csv(crossed, "crossed.csv", row.names = FALSE, quote = FALSE)

growth <- expand.grid(age = c(-2, -1, 0, 1, 2), child = 1:160)
growth$authority <- (growth$child %% 12) + 1
growth <- growth[runif(nrow(growth)) < .85, c("authority", "child", "age")]
e0 <- rnorm(160, 0, .7); e1 <- .3 * e0 + rnorm(160, 0, .2)
growth$score <- round(e0[growth$child] + (.25 + e1[growth$child]) * growth$age +
                        rnorm(12, 0, .3)[growth$authority] + rnorm(nrow(growth), 0, .5), 3)
write.csv(growth, "growth.csv", row.names = FALSE, quote = FALSE)

# ---- what is kept of a fit ---------------------------------------------------------------------------
kept <- function(fit) {
  parts <- as.data.frame(VarCorr(fit))
  list(criterion = -2 * as.numeric(logLik(fit)),
       coefficients = data.frame(term = names(fixef(fit)), estimate = unname(fixef(fit)),
                                 se = unname(sqrt(diag(as.matrix(vcov(fit)))))),
       variances = parts[, c("grp", "var1", "var2", "vcov")])
}
intervals <- function(fit) {  # profile likelihood, on the scale of standard deviations
  i <- confint(fit, parm = "theta_", method = "profile", oldNames = FALSE, quiet = TRUE)
  data.frame(part = rownames(i), low = unname(i[, 1]), high = unname(i[, 2]))
}
comparative <- function(fit, group) {  # Henderson: the error of b-hat against b, with that of beta in it
  Z <- as.matrix(getME(fit, "Z")); X <- getME(fit, "X"); s2 <- sigma(fit)^2
  G <- as.matrix(tcrossprod(getME(fit, "Lambda"))) * s2
  C <- rbind(cbind(crossprod(X), crossprod(X, Z)), cbind(crossprod(Z, X), crossprod(Z) + s2 * solve(G))) / s2
  all <- solve(C)[-(1:ncol(X)), -(1:ncol(X))]
  rows <- which(rep(names(getME(fit, "flist")), diff(getME(fit, "Gp"))) == group)
  data.frame(level = rownames(ranef(fit)[[group]]), estimate = ranef(fit)[[group]][, 1],
             se = sqrt(diag(all))[rows])
}

reml <- lmer(score ~ prior + sex + need + (1 | authority) + (1 | school), nested, control = tight_lmm)
ml <- update(reml, REML = FALSE)
one <- lmer(score ~ prior + sex + need + (1 | authority), nested, control = tight_lmm)
two <- lmer(score ~ prior + (1 | primary) + (1 | secondary), crossed, control = tight_lmm)
two_ml <- update(two, REML = FALSE)
slopes <- lmer(score ~ age + (1 + age | child) + (1 | authority), growth, control = tight_lmm)
slopes_ml <- update(slopes, REML = FALSE)
binary <- glmer(neet ~ prior + sex + need + (1 | authority), nested, binomial, nAGQ = 25, control = tight_glmm)
one_point <- glmer(neet ~ prior + sex + need + (1 | authority), nested, binomial, nAGQ = 1, control = tight_glmm)

write_json(list(
  nested_reml = kept(reml), nested_ml = kept(ml), nested_ml_intervals = intervals(ml),
  nested_effects = comparative(reml, "authority"), nested_school_effects = comparative(reml, "school"),
  one_reml = kept(one), one_effects = comparative(one, "authority"),
  crossed_reml = kept(two), crossed_ml = kept(two_ml), crossed_ml_intervals = intervals(two_ml),
  crossed_effects = comparative(two, "secondary"),
  slopes_reml = kept(slopes), slopes_ml = kept(slopes_ml), slopes_ml_intervals = intervals(slopes_ml),
  binary = kept(binary), binary_intervals = intervals(binary), binary_laplace = kept(one_point)
), "multilevel.json", digits = 10, auto_unbox = TRUE, dataframe = "columns")
