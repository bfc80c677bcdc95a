/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What an allocation asks for, and what may come of it
 */
#ifndef FUZZ_WISH_H
#define FUZZ_WISH_H

#include "ledger.h"

__u64 wish_size(struct rng *rng);
__u64 wish_align(struct rng *rng);
__u64 wish_usable(__u64 size, bool exact);
bool wish_is_wrong_size(__u64 size);

bool wish_is_over_limit(const struct ledger *ledger, int err);
bool wish_is_refusal(const struct ledger *ledger, int err);
int wish_expected(const struct ledger *ledger,
		  const struct buddypool_alloc *arg, int err);
void wish_judge_failure(int err, const struct buddypool_failure *failure,
			__u64 wanted);
void wish_judge_limit(const struct ledger *ledger);
void wish_enter(struct ledger *ledger, struct block *block,
		const struct buddypool_alloc *arg);

#endif /* FUZZ_WISH_H */
