//! The credit of a job: reserved when it is created, charged or given back when it ends.
//!
//! It lies on a lease of its team's account that no instance holds. The account's lock, which is taken before the
//! job is looked at, keeps two units of work from doing this for one job.

use alias_core::clock::Timestamp;
use alias_core::credits::{AccountId, LimitMode, TransactionKind};
use alias_core::job::Job;
use alias_core::money::MicroCredits;
use alias_core::repository::{CreditFault, StoreError};
use alias_core::team::TeamUid;

use crate::connection::AnyConnection;
use crate::credits::{Account, Held, Line, Whose, enter_due, tell};
use crate::error::Failure;

/// Who holds the credit of jobs.
pub(crate) const LESSEE: &str = "jobs";

const ONE: i64 = MicroCredits::ONE.micros();

/// The account of a team, locked until the unit of work ends.
pub(super) struct Purse {
    id: String,
    /// None where a restored database does not know the account.
    account: Option<Account>,
}

impl Purse {
    pub(super) fn lock(conn: &mut AnyConnection, team: TeamUid) -> Result<Self, Failure> {
        let id = AccountId::of_team(team).to_string();
        let account = Account::lock(conn, &id)?;
        Ok(Self { id, account })
    }

    /// Reserves a credit, or refuses where there is none. Where nothing limits a team, it is not asked whether there
    /// is any.
    pub(super) fn reserve(
        self,
        conn: &mut AnyConnection,
        limit: LimitMode,
        now: Timestamp,
    ) -> Result<(), Failure> {
        let spent = |others| Failure::from(StoreError::from(CreditFault::Spent { others }));
        let Some(mut account) = self.account else { return Err(spent(false)) };
        let mut held = Held::read(conn, &self.id, LESSEE)?;
        if account.available() < ONE {
            enter_due(conn, &self.id, &mut account, now)?;
        }
        if limit == LimitMode::HardLimit && account.available() < ONE {
            return Err(spent(account.granted - account.charged > held.free()));
        }
        account.granted += ONE;
        held.granted += ONE;
        account.save(conn, &self.id)?;
        held.save(conn, &self.id, LESSEE)
    }

    /// Charges a credit that was reserved.
    pub(super) fn charge(self, conn: &mut AnyConnection, job: &Job, now: Timestamp) -> Result<(), Failure> {
        let Some((mut account, mut held)) = self.reserved(conn)? else { return Ok(()) };
        let (before, job_id) = (account.charged, job.job_id.to_string());
        account.charged += ONE;
        held.charged += ONE;
        account.save(conn, &self.id)?;
        held.save(conn, &self.id, LESSEE)?;
        let line = Line {
            kind: TransactionKind::Job,
            amount: -MicroCredits::ONE,
            after: MicroCredits::new(account.allocated - account.charged),
            job_id: Some(&job_id),
            ..Line::of(&self.id)
        };
        line.enter(conn, now)?;
        // A team that is gone meanwhile is told nothing.
        match crate::teams::live(conn, &job.team_id)? {
            Some(team) if AccountId::of_team(team.uid).to_string() == self.id => {
                let whose = Whose {
                    team_uid: team.uid,
                    team_id: &team.team_id,
                    organization_id: &team.organization_id,
                };
                tell(conn, whose, &account, before, now)
            }
            _ => Ok(()),
        }
    }

    /// Gives back a credit that was reserved.
    pub(super) fn release(self, conn: &mut AnyConnection) -> Result<(), Failure> {
        let Some((mut account, mut held)) = self.reserved(conn)? else { return Ok(()) };
        account.granted -= ONE;
        held.returned += ONE;
        account.save(conn, &self.id)?;
        held.save(conn, &self.id, LESSEE)
    }

    /// What is reserved, if it still is: a restored database may know of less.
    fn reserved(&self, conn: &mut AnyConnection) -> Result<Option<(Account, Held)>, Failure> {
        let Some(account) = self.account else { return Ok(None) };
        let held = Held::read(conn, &self.id, LESSEE)?;
        Ok((held.free() >= ONE).then_some((account, held)))
    }
}
