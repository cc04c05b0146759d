# Reference values for test_survival.py: survival 3.5-3, cmprsk 2.2-11, nnet, sandwich 3.0-2 on R 4.2.2.
# Run in this folder: Rscript survival.R   (the data are simulated here)
suppressMessages({library(jsonlite); library(survival); library(cmprsk); library(sandwich); library(splines)})
RNGkind("Mersenne-Twister", "Inversion", "Rejection")
set.seed(25)
n <- 600
x <- round(rnorm(n), 2); need <- sample(c("ASD", "MLD", "SEMH"), n, TRUE); la <- sample(sprintf("L%02d", 1:25), n, TRUE)
u <- rnorm(25, 0, .4)[match(la, sort(unique(la)))]
issued <- rexp(n, .04 * exp(.5 * x + .4 * (need == "SEMH") + u)); refused <- rexp(n, .02 * exp(-.3 * x))
gone <- runif(n, 5, 60); begun <- pmax(0, round(runif(n, -20, 10)))
week <- pmax(1, ceiling(pmin(issued, refused, gone)))          # whole weeks: many ties
event <- ifelse(pmin(issued, refused) > gone, "censored", ifelse(issued < refused, "issued", "refused"))
spells <- data.frame(id = 1:n, week, event, begun, x, need, la)
write.csv(spells, "survival.csv", row.names = FALSE, quote = FALSE)
cols <- function(...) as.list(data.frame(...))
late <- subset(spells, begun < week)

# Aalen-Johansen and Kaplan-Meier
state <- function(d) factor(d$event, c("censored", "issued", "refused"))
curve <- function(f, at) {
  s <- summary(f, times = at)
  lapply(c(issued = 2, refused = 3), function(k)
    cols(estimate = s$pstate[, k], se = s$std.err[, k], low = s$lower[, k], high = s$upper[, k]))
}
at <- c(3, 6, 10, 20, 35)
aj <- survfit(Surv(week, state(spells)) ~ 1, data = spells, id = id, conf.type = "log-log")
aj_group <- lapply(split(spells, spells$need), function(d)
  curve(survfit(Surv(week, state(d)) ~ 1, data = d, id = id, conf.type = "log-log"), at))
aj_late <- survfit(Surv(begun, week, state(late)) ~ 1, data = late, id = id, conf.type = "log-log")
ci <- timepoints(cuminc(spells$week, as.integer(state(spells)) - 1), at)
km <- survfit(Surv(begun, week, event != "censored") ~ 1, data = late, conf.type = "log-log")
km_s <- summary(km, times = at); full <- survfit(Surv(week, event != "censored") ~ 1, data = spells, conf.type = "log-log")
mean30 <- summary(full, rmean = 30)$table; lost30 <- summary(aj, rmean = 30)$table
# The error of time lost: the influence of each child on the curves, summed over time as the curves are
told_of <- survfit(Surv(week, state(spells)) ~ 1, data = spells, id = id, influence = TRUE)
width <- diff(c(told_of$time[told_of$time < 30], 30)); u30 <- told_of$influence.pstate
lost_se <- sapply(2:3, function(k) { i <- u30[, tail(seq_len(dim(u30)[2]), length(told_of$time))[seq_along(width)], k]; sqrt(sum((i %*% width)^2)) })
first <- survfit(Surv(week, event != "censored") ~ 1, data = spells[1:40, ], conf.type = "log-log")
quartile <- unlist(quantile(first, c(.25, .5))); flat <- c(1, 2, 2, 5, 6, 9)
incidence <- list(at = at, all = curve(aj, at), by = aj_group, late = curve(aj_late, at),
  cuminc = list(estimate = ci$est, variance = ci$var),
  km_late = cols(estimate = 1 - km_s$surv, se = km_s$std.err, n = km_s$n.risk),
  rmst = mean30[c("rmean", "se(rmean)")], lost = cols(estimate = lost30[2:3, "rmean"], se = lost_se),
  flat = list(time = flat, median = unname(quantile(survfit(Surv(flat, rep(1, 6)) ~ 1), .5)$quantile)))

# Cox with Efron's ties
told <- function(f, v = vcov(f)) list(term = names(coef(f)), estimate = unname(coef(f)), se = unname(sqrt(diag(v))),
                                      loglik = if (is.null(f$loglik)) NA else tail(f$loglik, 1))
one <- event == "issued"
cox <- list(
  plain = told(coxph(Surv(week, event == "issued") ~ x + need, data = spells)),
  late = told(coxph(Surv(begun, week, event == "issued") ~ x + need, data = late)),
  cluster = told(coxph(Surv(week, event == "issued") ~ x + need, data = spells, cluster = la)),
  late_cluster = told(coxph(Surv(begun, week, event == "issued") ~ x + need, data = late, cluster = la)),
  weighted = told(coxph(Surv(week, event == "issued") ~ x + need, data = spells, weights = 1 + id %% 3, cluster = la)))
zph <- cox.zph(coxph(Surv(week, event == "issued") ~ x + need, data = spells), transform = "identity", terms = FALSE)
cox$zph <- cols(chisq = zph$table[, "chisq"], p = zph$table[, "p"])

# Fine-Gray: weights of finegray() into coxph, Efron; and crr(), Breslow, on times without ties
fg <- finegray(Surv(week, factor(event, c("censored", "issued", "refused"))) ~ ., data = spells, etype = "issued")
finegray_fit <- coxph(Surv(fgstart, fgstop, fgstatus) ~ x + need, data = fg, weights = fgwt, cluster = id)
finegray_la <- coxph(Surv(fgstart, fgstop, fgstatus) ~ x + need, data = fg, weights = fgwt, cluster = la)
exact <- pmin(issued, refused, gone); untied <- data.frame(id = 1:n, time = exact, event, x, need)
untied$time <- round(exact, 6); write.csv(untied[, c("id", "time")], "survival_untied.csv", row.names = FALSE, quote = FALSE)
d <- model.matrix(~ x + need)[, -1]
crr_fit <- crr(untied$time, as.integer(state(untied)) - 1, d)
subdistribution <- list(finegray = told(finegray_fit), finegray_la = told(finegray_la),
  crr = list(estimate = unname(crr_fit$coef), se = unname(sqrt(diag(crr_fit$var)))))

# Discrete hazards: a row a person and quarter
quarter <- pmin(ceiling(week / 6), 8); past <- floor(begun / 6)
short <- data.frame(id = 1:n, quarter, past, one = as.integer(event == "issued" & ceiling(week / 6) <= 8), x, need, la)
expand <- function(d, from) do.call(rbind, lapply(seq_len(nrow(d)), function(i) if (from[i] < d$quarter[i])
  data.frame(d[i, c("id", "x", "need", "la")], period = (from[i] + 1):d$quarter[i],
             y = c(rep(0, d$quarter[i] - from[i] - 1), d$one[i]), row.names = NULL)))
write.csv(short[, c("id", "quarter", "past", "one")], "survival_quarters.csv", row.names = FALSE, quote = FALSE)
rows <- expand(short, rep(0, n)); lrows <- expand(short, short$past)
knots <- quantile(rows$period[rows$y == 1], c(.1, .5, .9), type = 7)
cube <- function(t) pmax(t, 0)^3
rcs1 <- function(t, k) cube(t - k[1]) - cube(t - k[2]) * (k[3] - k[1]) / (k[3] - k[2]) + cube(t - k[3]) * (k[2] - k[1]) / (k[3] - k[2])
rows$bend <- rcs1(rows$period, knots)
discrete_told <- function(f, d) {
  v <- vcovCL(f, cluster = d$la, type = "HC0")
  list(term = names(coef(f)), estimate = unname(coef(f)), se = unname(sqrt(diag(vcov(f)))), robust = unname(sqrt(diag(v))),
       deviance = deviance(f), rows = nrow(d))
}
standard <- function(f, d, spec) sapply(c("ASD", "MLD", "SEMH"), function(g) {
  grid <- do.call(rbind, lapply(1:5, function(p) data.frame(d[, c("x", "la")], need = g, period = p)))
  if (spec == "spline") grid$bend <- rcs1(grid$period, knots)
  h <- matrix(predict(f, grid, type = "response"), ncol = 5); mean(1 - apply(1 - h, 1, prod)) })
step <- glm(y ~ factor(period) + x + need, binomial("cloglog"), rows, epsilon = 1e-10)
lstep <- glm(y ~ factor(period) + x + need, binomial("logit"), lrows, epsilon = 1e-10)
spline <- glm(y ~ period + bend + x + need, binomial("logit"), rows, epsilon = 1e-10)
rows$eta2 <- predict(step)^2
link <- glm(y ~ predict(step) + eta2, binomial("cloglog"), rows, epsilon = 1e-10)
clock <- glm(y ~ factor(period) + x + need + I((need == "MLD") * period) + I((need == "SEMH") * period), binomial("cloglog"), rows, epsilon = 1e-10)
b <- coef(clock)[grepl("period)", names(coef(clock)), fixed = TRUE) & grepl("need ==", names(coef(clock)), fixed = TRUE)]
w <- sum(b * solve(vcov(clock)[names(b), names(b)], b))
discrete <- list(step = discrete_told(step, rows), late = discrete_told(lstep, lrows), spline = discrete_told(spline, rows),
  knots = unname(knots), risk_step = as.list(standard(step, short, "step")), risk_spline = as.list(standard(spline, short, "spline")),
  link = list(z = unname(coef(summary(link))["eta2", 3])), clock = list(wald = w, df = length(b)))

# States by month, with people seen from the first month on and lost at some time
months <- 24; states <- c("education", "employment", "neet"); m <- 250
move <- list(c(.93, .04, .03), c(.05, .90, .05), c(.06, .08, .86))
lives <- do.call(rbind, lapply(1:m, function(i) {
  s <- sample(1:3, 1, prob = c(.8, .1, .1)); seen <- sample(10:months, 1); g <- i %% 2; path <- integer(months); path[1] <- s
  for (t in 2:months) { p <- move[[path[t - 1]]]; p[3] <- p[3] * (1 + g); path[t] <- sample(1:3, 1, prob = p / sum(p)) }
  data.frame(id = i, month = 1:seen, state = states[path[1:seen]], la = i %% 20, support = g) }))
write.csv(lives, "survival_states.csv", row.names = FALSE, quote = FALSE)
long <- do.call(rbind, lapply(split(lives, lives$id), function(d) {
  k <- nrow(d); to <- c(d$state[-1]); from <- d$state[-k]
  data.frame(id = d$id[1], la = d$la[1], t1 = d$month[-k], t2 = d$month[-1], from = from, to = ifelse(to == from, "none", to)) }))
long$to <- factor(long$to, c("none", states))
# influence = TRUE: without it survfit of survival 3.5-3 gives other errors at the first months, and leaves out
# cluster. The slice of the first month is the influence on where people start.
occ <- survfit(Surv(t1, t2, to) ~ 1, data = long, id = id, istate = from, influence = TRUE)
order_of <- match(states, occ$states); moved <- occ$influence.pstate[, , order_of]; la_of <- lives$la[match(sort(unique(lives$id)), lives$id)]
told_occ <- function(infl) { at <- c(2, 6, 12, 20); spent <- apply(infl[, 1:20, ], c(1, 3), sum)
  list(at = at, estimate = summary(occ, times = at)$pstate[, order_of], se = sqrt(apply(infl^2, 2:3, sum))[at, ],
       spent = unname(occ$p0[order_of] + colSums(summary(occ, times = 2:20)$pstate[, order_of])), spent_se = sqrt(colSums(spent^2))) }
by_la <- apply(moved, 2:3, function(v) tapply(v, la_of, sum))
pairs <- long; pairs$next_state <- relevel(factor(ifelse(long$to == "none", long$from, as.character(long$to))), "education")
pairs$support <- lives$support[match(pairs$id, lives$id)]
multi <- lapply(setNames(states, states), function(s) { d <- subset(pairs, from == s)
  d$next_state <- relevel(d$next_state, s)
  f <- nnet::multinom(next_state ~ t1 + support, d, trace = FALSE, reltol = 1e-14, maxit = 500)
  list(to = rownames(coef(f)), estimate = unname(coef(f)), se = unname(summary(f)$standard.errors)) })
multistate <- list(occupation = told_occ(moved), occupation_la = told_occ(by_la), multinom = multi)
write_json(list(incidence = incidence, cox = cox, subdistribution = subdistribution, discrete = discrete, multistate = multistate),
           "survival.json", digits = 10, auto_unbox = TRUE, matrix = "rowmajor")
