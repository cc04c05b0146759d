# Reference values for test_growth.py, from lme4: natural splines in age for two groups, levels and slopes of children in
# authorities. Run in this folder after multilevel.R, which makes growth.csv: Rscript growth.R
# Made with R 4.2.2, lme4 1.1-31, splines, jsonlite.
suppressMessages({library(lme4); library(splines); library(jsonlite)})
tight <- lmerControl(optimizer = "bobyqa", optCtrl = list(rhoend = 1e-10), calc.derivs = FALSE)
d <- read.csv("growth.csv"); d$group <- ifelse(d$child %% 3 == 0, "sen", "none"); d$boy <- d$child %% 2
bend <- function(age) ns(age, knots = c(-0.5, 0.8), Boundary.knots = c(-2, 2))
fit <- lmer(score ~ bend(age) * group + boy + (1 + age | child) + (1 | authority), d, control = tight)
ages <- c(-2, -1, 0, 0.5, 1, 2)
read <- function(X) {
  data.frame(estimate = as.vector(X %*% fixef(fit)), se = sqrt(diag(X %*% as.matrix(vcov(fit)) %*% t(X))))
}
matrix_of <- function(g) {
  new <- data.frame(age = ages, group = factor(g, c("none", "sen")), boy = mean(d$boy))
  model.matrix(~ bend(age) * group + boy, new)
}
v <- as.data.frame(VarCorr(fit))
pick <- function(a, b) v$sdcor[v$grp == "child" & v$var1 == a & (if (is.na(b)) is.na(v$var2) else v$var2 %in% b)]
profile <- confint(update(fit, REML = FALSE), parm = "theta_", method = "profile", oldNames = FALSE, quiet = TRUE)
write_json(list(
  ages = ages,
  none = read(matrix_of("none")), sen = read(matrix_of("sen")), gap = read(matrix_of("sen") - matrix_of("none")),
  sd_level = pick("(Intercept)", NA), sd_slope = pick("age", NA), correlation = pick("(Intercept)", "age"),
  sd_authority = v$sdcor[v$grp == "authority"], sd = v$sdcor[v$grp == "Residual"],
  ml_correlation = unname(profile[2, ])
), "growth.json", digits = 10, auto_unbox = TRUE, dataframe = "columns")
