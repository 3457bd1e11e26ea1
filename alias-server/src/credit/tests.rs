use alias_core::key::NewKey;
use alias_core::organization::OrganizationDraft;
use alias_core::repository::{OrganizationRepository, TeamRepository, UsageRepository};
use alias_core::team::TeamDraft;
use alias_core::testing::{FixedClock, id, key};
use alias_store::spool::{Spool, SpoolOptions};
use alias_store::{DatabaseUrl, SqlStore};
use tokio_util::sync::CancellationToken;

use super::*;

/// A store with a team of so many whole credits, the team's account, and a wallet that is kept filled.
async fn setting(
    credits: i64,
) -> (Arc<Credit>, AccountId, watch::Sender<Option<Contact>>, CancellationToken, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let url = DatabaseUrl::sqlite(folder.path().join("aliases.db"));
    let store = SqlStore::open(&url, 2, Arc::new(FixedClock::default())).await.unwrap();
    let by = alias_core::audit::Actor::system();
    let organization = OrganizationDraft {
        organization_id: "acme".into(),
        name: "Acme".into(),
        ..OrganizationDraft::default()
    };
    OrganizationRepository::create(&store, organization.parse().unwrap(), None, &by).await.unwrap();
    let team = TeamDraft {
        organization_id: "acme".into(),
        team_id: "t".into(),
        credits_allocated: Some(credits.into()),
        ..TeamDraft::default()
    };
    let team =
        TeamRepository::create(&store, team.parse().unwrap(), NewKey::first(key(1)), &by).await.unwrap();
    let who = Tenure { instance: id(9), boot: 1 };
    store.announce(who.instance, who.boot).await.unwrap();
    let (contact, word) = watch::channel(Some(Contact { who, at: Instant::now() }));
    let credit = Arc::new(Credit::new(Arc::new(store), word));
    let (spool, stop) = (folder.path().join("usage"), CancellationToken::new());
    let spool = Arc::new(Spool::open(&spool, SpoolOptions::default()).unwrap());
    tokio::spawn(keep(Arc::clone(&credit), spool, false, stop.clone()));
    (credit, AccountId::of_team(team.value.team.uid), contact, stop, folder)
}

const CREDIT: i64 = 1_000_000;

#[tokio::test]
async fn no_call_asks_the_database_while_the_lease_covers_it() {
    let (credit, account, _contact, _stop, _folder) = setting(1_000_000).await;
    for _ in 0..10_000 {
        let hold = credit.hold(Need::of_team(account, CREDIT), &mut Patience::default()).await.unwrap();
        credit.wallet().settle(hold, CREDIT);
    }
    // A sixteenth of a million is 62,500 calls.
    assert_eq!(credit.trips(), 1);
}

#[tokio::test]
async fn the_last_credits_are_leased_one_by_one_and_then_there_are_none() {
    let (credit, account, _contact, _stop, _folder) = setting(20).await;
    let mut holds = Vec::new();
    for _ in 0..20 {
        holds.push(credit.hold(Need::of_team(account, CREDIT), &mut Patience::default()).await.unwrap());
    }
    assert!(matches!(
        credit.hold(Need::of_team(account, CREDIT), &mut Patience::default()).await,
        Err(NoCredit::Spent)
    ));
    let asked = credit.trips();
    assert!(matches!(
        credit.hold(Need::of_team(account, CREDIT), &mut Patience::default()).await,
        Err(NoCredit::Spent)
    ));
    assert_eq!(credit.trips(), asked, "a refusal is remembered");
    // What a call gives back is there for the next one, although a refusal is remembered.
    credit.wallet().release(holds.pop().unwrap());
    assert!(credit.hold(Need::of_team(account, CREDIT), &mut Patience::default()).await.is_ok());
}

#[tokio::test]
async fn many_at_once_ask_once() {
    let (credit, account, _contact, _stop, _folder) = setting(1_600).await;
    let asking = (0..100).map(|_| {
        let credit = Arc::clone(&credit);
        tokio::spawn(async move {
            credit.hold(Need::of_team(account, CREDIT), &mut Patience::default()).await.map(drop)
        })
    });
    for asked in asking.collect::<Vec<_>>() {
        asked.await.unwrap().unwrap();
    }
    assert!(credit.trips() <= 2, "{} trips for 100 credits of slices", credit.trips());
}

#[tokio::test(start_paused = true)]
async fn an_instance_without_a_word_of_the_database_for_an_hour_stops_using_its_leases() {
    let contact = Contact { who: Tenure { instance: id(9), boot: 1 }, at: Instant::now() };
    let (_sender, word) = watch::channel(Some(contact));
    let credit = Credit::new(Arc::new(alias_core::repository::MockLeaseRepository::new()), word);
    let lease = alias_core::credits::Lease { granted: 5 * CREDIT, ..alias_core::credits::Lease::none(id(1)) };
    credit.wallet.begin(id(9), &[lease], &HashMap::new());
    assert!(credit.hold(Need::of_team(id(1), CREDIT), &mut Patience::default()).await.is_ok());
    tokio::time::advance(OFFLINE_LIMIT + Duration::from_secs(1)).await;
    assert!(matches!(
        credit.hold(Need::of_team(id(1), CREDIT), &mut Patience::default()).await,
        Err(NoCredit::Unknown(None))
    ));
}

#[tokio::test(start_paused = true)]
async fn a_database_that_lost_what_it_had_said_is_not_asked_for_ever() {
    let who = Tenure { instance: id(9), boot: 1 };
    let (_sender, word) = watch::channel(Some(Contact { who, at: Instant::now() }));
    let mut leases = alias_core::repository::MockLeaseRepository::new();
    let lease = |granted| alias_core::credits::Lease { granted, ..alias_core::credits::Lease::none(id(1)) };
    leases.expect_grant().times(1).returning(move |_, _| Ok(Granted::Lease(lease(50))));
    let credit = Credit::new(Arc::new(leases), word);
    credit.wallet.begin(id(9), &[lease(100)], &HashMap::new());
    credit.tenure.send_replace(Some(who));
    assert!(matches!(
        credit.hold(Need::of_team(id(1), 101), &mut Patience::default()).await,
        Err(NoCredit::Unknown(None))
    ));
    assert_eq!(*credit.tenure.borrow(), None, "the wallet is filled anew");
}

#[tokio::test]
async fn a_database_that_is_away_is_no_word_that_there_is_no_credit() {
    let who = Tenure { instance: id(9), boot: 1 };
    let (_sender, word) = watch::channel(Some(Contact { who, at: Instant::now() }));
    let mut leases = alias_core::repository::MockLeaseRepository::new();
    leases.expect_grant().times(2).returning(|_, _| Err(StoreError::Unavailable("away".into())));
    let credit = Credit::new(Arc::new(leases), word);
    let lease = alias_core::credits::Lease { granted: 100, ..alias_core::credits::Lease::none(id(1)) };
    credit.wallet.begin(id(9), &[lease], &HashMap::new());
    credit.tenure.send_replace(Some(who));
    let held = credit.hold(Need::of_team(id(1), 100), &mut Patience::default()).await.unwrap();
    // Nothing is remembered as a refusal: the next call asks again.
    for _ in 0..2 {
        let why = credit.hold(Need::of_team(id(1), 1), &mut Patience::default()).await.unwrap_err();
        assert!(matches!(why, NoCredit::Unknown(Some(_))));
        assert_eq!(crate::error::ApiError::no_credit(why).code(), crate::error::Code::CreditUnavailable);
    }
    credit.wallet.release(held);
    assert!(
        credit.hold(Need::of_team(id(1), 100), &mut Patience::default()).await.is_ok(),
        "what is leased is served"
    );
}
