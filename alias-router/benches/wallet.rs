//! What holding and settling credit adds to a call.

use std::collections::HashMap;
use std::hint::black_box;

use alias_core::credits::{AccountId, Lease};
use alias_core::testing::id;
use alias_router::wallet::Wallet;
use criterion::{Criterion, criterion_group, criterion_main};

fn wallet(accounts: u64) -> (Wallet, Vec<AccountId>) {
    let wallet = Wallet::default();
    let ids: Vec<AccountId> = (0..accounts).map(id).collect();
    let leases: Vec<Lease> =
        ids.iter().map(|account| Lease { granted: i64::MAX / 2, ..Lease::none(*account) }).collect();
    wallet.begin(id(1), &leases, &HashMap::new());
    (wallet, ids)
}

fn hold_and_settle(c: &mut Criterion) {
    for accounts in [1, 10_000] {
        let (wallet, ids) = wallet(accounts);
        let mut next = ids.iter().cycle();
        c.bench_function(&format!("hold, cover, settle: {accounts} accounts"), |b| {
            b.iter(|| {
                let account = *next.next().unwrap_or(&ids[0]);
                if let Ok(mut hold) = wallet.hold(black_box(account), 1_000_000) {
                    let charged = wallet.cover(&mut hold, black_box(1));
                    wallet.settle(hold, charged);
                }
            });
        });
    }
}

criterion_group!(benches, hold_and_settle);
criterion_main!(benches);
