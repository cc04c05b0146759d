# Reference values for test_sequences.py: distances by the plain recursion, pair by pair and cell by cell, indices by
# writing out every sub-sequence, clusters from cluster::pam, cluster::silhouette and hclust("ward.D2").
# Run in this folder: Rscript sequences.R
# Made with R 4.2.2, cluster 2.1.4, jsonlite; the states are simulated here, so they may be shipped.
suppressMessages({library(cluster); library(jsonlite)})
RNGkind("Mersenne-Twister", "Inversion", "Rejection")
set.seed(25)

# ---- the invented young people: three kinds, some of whom live the same sequence ---------------------------------
states <- c("fe", "job", "neet", "school"); months <- 18
stay <- list(c(.9, .06, .02, .02), c(.03, .93, .03, .01), c(.05, .05, .88, .02))
live <- function(kind) {
  s <- sample(4, 1, prob = list(c(.3, 0, 0, .7), c(.2, .3, 0, .5), c(.2, 0, .4, .4))[[kind]])
  for (m in 2:months) s <- c(s, if (runif(1) < .85) s[m - 1] else sample(4, 1, prob = stay[[kind]]))
  s
}
lives <- t(sapply(rep(1:3, c(14, 14, 12)), live))
lives <- rbind(lives, lives[c(1, 1, 5, 20, 33), ], rep(2, months))
n <- nrow(lives); group <- sample(c("a", "b", "c"), n, TRUE); weight <- round(runif(n, .5, 3), 2)
table <- as.data.frame(matrix(states[lives], n)); names(table) <- sprintf("m%02d", 1:months)
write.csv(cbind(id = 1:n, group = group, weight = weight, table), "sequences.csv", row.names = FALSE, quote = FALSE)

# ---- costs ---------------------------------------------------------------------------------------------------------
rate <- function(from, to) {  # 4 x 4, of moves from the states `from` to the states `to`
  counts <- table(factor(from, 1:4), factor(to, 1:4)); counts <- matrix(counts, 4)
  out <- counts / rowSums(counts); out[is.nan(out)] <- 0; out
}
overall <- rate(as.vector(lives[, -months]), as.vector(lives[, -1]))
trate <- 2 - overall - t(overall); diag(trate) <- 0
constant <- 2 * (1 - diag(4))
monthly <- lapply(1:(months - 1), function(m) rate(lives[, m], lives[, m + 1]))
dynamic <- lapply(1:months, function(m) {
  both <- function(k) monthly[[k]] + t(monthly[[k]])
  cost <- if (m == 1) 4 - 2 * both(1) else if (m == months) 4 - 2 * both(months - 1) else 4 - both(m - 1) - both(m)
  cost <- pmax(cost, 0); diag(cost) <- 0; cost
})

# ---- distances -----------------------------------------------------------------------------------------------------
om <- function(a, b, cost, indel) {
  D <- matrix(0, months + 1, months + 1); D[, 1] <- D[1, ] <- (0:months) * indel
  for (i in 1:months) for (j in 1:months)
    D[i + 1, j + 1] <- min(D[i, j] + cost[a[i], b[j]], D[i, j + 1] + indel, D[i + 1, j] + indel)
  D[months + 1, months + 1]
}
pairs <- function(f) {
  M <- matrix(0, n, n)
  for (i in 2:n) for (j in 1:(i - 1)) M[i, j] <- M[j, i] <- f(lives[i, ], lives[j, ])
  M
}
om_trate <- pairs(function(a, b) om(a, b, trate, 1))
om_cheap <- pairs(function(a, b) om(a, b, trate, .4))
om_constant <- pairs(function(a, b) om(a, b, constant, 1))
hamming <- pairs(function(a, b) sum(a != b))
dhd <- pairs(function(a, b) sum(sapply(1:months, function(m) dynamic[[m]][a[m], b[m]])))

# ---- indices -------------------------------------------------------------------------------------------------------
entropy <- apply(lives, 1, function(s) { p <- table(s) / months; -sum(p * log(p)) / log(4) })
moves <- apply(lives, 1, function(s) sum(diff(s) != 0))
subsequences <- function(s) {  # all of them, written out: rle's states, taken or left
  found <- ""
  for (state in rle(s)$values) found <- unique(c(found, paste0(found, state)))
  length(found)
}
turbulence <- apply(lives, 1, function(s) {
  d <- rle(s)$lengths; k <- length(d)
  log2(subsequences(s) * ((k - 1) * (1 - mean(d))^2 + 1) / (mean((d - mean(d))^2) + 1))
})

# ---- clusters ------------------------------------------------------------------------------------------------------
d <- as.dist(om_trate)
around <- lapply(2:5, function(k) pam(d, k, diss = TRUE))
trees <- hclust(d, "ward.D2")
cut_at <- lapply(2:5, function(k) cutree(trees, k))
width <- function(cluster) mean(silhouette(cluster, d)[, 3])

# ---- discrepancy ---------------------------------------------------------------------------------------------------
ss <- function(rows, w) { D <- om_trate[rows, rows, drop = FALSE]; sum(outer(w[rows], w[rows]) * D) / 2 / sum(w[rows]) }
r2 <- function(w) 1 - sum(sapply(unique(group), function(g) ss(which(group == g), w))) / ss(1:n, w)

below <- function(M) M[lower.tri(M)]  # column by column
write_json(list(
  mean = mean(d), om_trate = below(om_trate), om_cheap = below(om_cheap), om_constant = below(om_constant),
  hamming = below(hamming), dhd = below(dhd),
  trate = trate, rates = overall, entropy = entropy, complexity = sqrt(moves / (months - 1) * entropy),
  turbulence = turbulence,
  pam_cost = sapply(around, function(p) mean(om_trate[cbind(1:n, p$medoids[p$clustering])])),
  pam_width = sapply(around, function(p) width(p$clustering)),
  ward_width = sapply(cut_at, width), ward_three = cut_at[[2]],
  r2 = r2(rep(1, n)), r2_weighted = r2(weight)
), "sequences.json", digits = 9, auto_unbox = TRUE)
