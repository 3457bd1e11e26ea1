use alias_core::testing::id;

use super::*;

fn account() -> AccountId {
    id(1)
}

fn wallet(granted: i64) -> Wallet {
    let wallet = Wallet::default();
    wallet.begin(id(9), &[Lease { granted, ..Lease::none(account()) }], &HashMap::new());
    wallet
}

#[test]
fn nothing_can_be_held_before_the_instance_is_known() {
    let dry = Wallet::default().hold(account(), 1).unwrap_err();
    assert_eq!(dry, Dry { instance: None, known: 0, missing: 1 });
}

#[test]
fn holds_never_exceed_the_lease_and_come_back_but_for_the_charge() {
    let wallet = wallet(100);
    let first = wallet.hold(account(), 60).unwrap();
    let dry = wallet.hold(account(), 60).unwrap_err();
    assert_eq!((dry.known, dry.missing), (100, 20));
    let second = wallet.hold(account(), 40).unwrap();
    wallet.settle(first, 10);
    wallet.release(second);
    assert_eq!(wallet.free(account()), 90);
}

#[test]
fn a_call_that_costs_more_than_was_held_is_covered_by_what_is_free_and_the_house_bears_the_rest() {
    let wallet = wallet(100);
    let mut hold = wallet.hold(account(), 50).unwrap();
    let other = wallet.hold(account(), 30).unwrap();
    assert_eq!(wallet.cover(&mut hold, 80), 70);
    wallet.settle(hold, 70);
    wallet.release(other);
    assert_eq!(wallet.free(account()), 30);
}

#[test]
fn what_is_not_in_the_books_yet_is_spent_all_the_same() {
    let wallet = Wallet::default();
    let lease = Lease { granted: 100, returned: 10, charged: 20, account: account() };
    wallet.begin(id(9), &[lease], &HashMap::from([(account(), 30)]));
    assert_eq!(wallet.free(account()), 40);
}

#[test]
fn calls_that_run_while_the_leases_are_read_again_are_paid_once_and_not_forgotten() {
    let wallet = wallet(100);
    let (late, early) = (wallet.hold(account(), 50).unwrap(), wallet.hold(account(), 30).unwrap());
    wallet.stop();
    assert_eq!(wallet.hold(account(), 1).unwrap_err().instance, None, "nothing is held meanwhile");
    // Charged while it is read, and not in what was read.
    wallet.settle(early, 30);
    let lease = Lease { granted: 100, ..Lease::none(account()) };
    wallet.begin(id(9), &[lease], &HashMap::new());
    assert_eq!(wallet.free(account()), 20);
    assert_eq!(wallet.hold(account(), 21).unwrap_err().missing, 1);
    wallet.settle(late, 40);
    assert_eq!(wallet.free(account()), 30);
    // A lease that the database does not know any more covers what runs, and nothing else.
    let runs = wallet.hold(account(), 10).unwrap();
    wallet.stop();
    wallet.begin(id(9), &[], &HashMap::new());
    assert!(wallet.hold(account(), 1).is_err());
    wallet.settle(runs, 10);
    assert!(wallet.hold(account(), 1).is_err());
}

#[test]
fn a_hold_of_an_instance_that_is_no_more_settles_nothing_in_its_successor() {
    let wallet = wallet(100);
    let mut hold = wallet.hold(account(), 50).unwrap();
    wallet.begin(id(10), &[Lease { granted: 10, ..Lease::none(account()) }], &HashMap::new());
    assert_eq!(wallet.cover(&mut hold, 80), 50);
    wallet.settle(hold, 50);
    assert_eq!(wallet.free(account()), 10);
}

#[test]
fn idle_purses_are_swept_and_recalls_answered_once() {
    let wallet = wallet(100);
    wallet.release(wallet.hold(account(), 1).unwrap());
    assert_eq!(wallet.sweep(), []);
    let hold = wallet.hold(account(), 40).unwrap();
    assert_eq!(wallet.answer_recalls(&[(account(), 1)]), [(account(), 60)]);
    assert_eq!(wallet.answer_recalls(&[(account(), 1)]), []);
    wallet.settle(hold, 15);
    assert_eq!(wallet.answer_recalls(&[(account(), 2)]), [(account(), 85)]);
    // A word of the database from before that does not bring it back.
    wallet.learn(id(9), Lease { granted: 100, ..Lease::none(account()) });
    assert_eq!(wallet.free(account()), 0);
    wallet.learn(id(9), Lease { granted: 130, returned: 85, ..Lease::none(account()) });
    assert_eq!(wallet.free(account()), 30);
    assert_eq!(wallet.sweep(), []);
    assert_eq!(wallet.sweep(), [(account(), 115)]);
    // It is said again until the database has it.
    assert_eq!(wallet.empty(), [(account(), 115)]);
    wallet.learn(id(9), Lease { granted: 130, returned: 115, ..Lease::none(account()) });
    assert_eq!(wallet.empty(), []);
}

#[test]
fn a_return_that_did_not_arrive_is_said_again_although_the_account_is_in_use() {
    let wallet = wallet(100);
    assert_eq!(wallet.sweep(), [(account(), 100)]);
    assert!(wallet.hold(account(), 1).is_err());
    assert_eq!(wallet.sweep(), [(account(), 100)]);
    assert_eq!(wallet.unconfirmed(account()), Some(100));
}
