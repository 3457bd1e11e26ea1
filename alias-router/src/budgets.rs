//! Budgets of the table, at what they are of: an organization's and a team's at the team, a key's at the key, an
//! alias's and its tags' at the alias.

use std::sync::Arc;

use alias_core::budget::{BudgetId, BudgetWindow, Subject};
use alias_core::catalog::{CatalogAlias, CatalogBudget, CatalogTeam};
use alias_core::clock::Timestamp;
use alias_core::credits::AccountId;
use alias_core::key::KeyId;
use foldhash::HashMap;
use parking_lot::Mutex;

/// Budgets of one thing. Cheap to clone.
pub(crate) type Shared = Arc<[Arc<BudgetEntry>]>;

/// A budget that a call falls under.
#[derive(Debug)]
pub struct BudgetEntry {
    id: BudgetId,
    subject: Subject,
    window: BudgetWindow,
    hard: bool,
    /// The window of the calendar that was last asked for: to find its bounds takes a look into the time zone.
    current: Mutex<Option<Current>>,
}

/// A window of the calendar, in microseconds since 1970.
#[derive(Debug, Clone, Copy)]
struct Current {
    starts: i64,
    ends: i64,
    account: AccountId,
}

impl BudgetEntry {
    fn new(budget: &CatalogBudget) -> Self {
        Self {
            id: budget.id,
            subject: budget.subject.clone(),
            window: budget.window,
            hard: budget.hard,
            current: Mutex::new(None),
        }
    }

    /// Its identity.
    pub fn id(&self) -> BudgetId {
        self.id
    }

    /// What it is of.
    pub fn subject(&self) -> &Subject {
        &self.subject
    }

    /// Whether calls are refused that it does not cover.
    pub fn is_hard(&self) -> bool {
        self.hard
    }

    /// When the window ends that `at` falls into; `None` where that is not foreseen.
    pub fn ends(&self, at: Timestamp) -> Option<Timestamp> {
        self.window.around(at).1
    }

    /// The account that a call is charged to which was admitted at `at`.
    pub fn account(&self, at: Timestamp) -> AccountId {
        let mut current = self.current.lock();
        if let Some(current) = *current
            && (current.starts..current.ends).contains(&at.micros())
        {
            return current.account;
        }
        let account = self.window.account(self.id, at);
        let (starts, ends) = self.window.around(at);
        let (starts, ends) = match self.window {
            BudgetWindow::Calendar { .. } => (starts, ends),
            BudgetWindow::Lifetime | BudgetWindow::Rolling { .. } => (None, None),
        };
        *current = Some(Current {
            starts: starts.map_or(i64::MIN, Timestamp::micros),
            ends: ends.map_or(i64::MAX, Timestamp::micros),
            account,
        });
        account
    }
}

/// Where budgets are found while the table is arranged.
#[derive(Default)]
pub(crate) struct Budgets {
    /// A budget of a key is of its successors, too.
    subjects: HashMap<BudgetId, Vec<Subject>>,
    of: HashMap<Subject, Vec<Arc<BudgetEntry>>>,
    none: Shared,
}

impl Budgets {
    pub(crate) fn put(&mut self, budget: &CatalogBudget) {
        self.subjects.entry(budget.id).or_default().push(budget.subject.clone());
        self.of.entry(budget.subject.clone()).or_default().push(Arc::new(BudgetEntry::new(budget)));
    }

    /// Takes a budget away, and tells what it was of.
    pub(crate) fn remove(&mut self, id: BudgetId) -> Vec<Subject> {
        let subjects = self.subjects.remove(&id).unwrap_or_default();
        for subject in &subjects {
            if let Some(entries) = self.of.get_mut(subject) {
                entries.retain(|entry| entry.id != id);
                if entries.is_empty() {
                    self.of.remove(subject);
                }
            }
        }
        subjects
    }

    fn all(&self, subjects: impl Iterator<Item = Subject>) -> Shared {
        if self.of.is_empty() {
            return Arc::clone(&self.none);
        }
        // An alias may say a tag twice, in one case of its letters or in two.
        let mut found: Vec<Arc<BudgetEntry>> = Vec::new();
        for entry in subjects.filter_map(|subject| self.of.get(&subject)).flatten() {
            if !found.iter().any(|known| known.id == entry.id) {
                found.push(Arc::clone(entry));
            }
        }
        if found.is_empty() { Arc::clone(&self.none) } else { found.into() }
    }

    pub(crate) fn of_team(&self, team: &CatalogTeam) -> Shared {
        self.all([Subject::Organization(team.organization), Subject::Team(team.uid)].into_iter())
    }

    pub(crate) fn of_key(&self, key: &KeyId) -> Shared {
        self.all(std::iter::once_with(|| Subject::Key(key.clone())))
    }

    pub(crate) fn of_alias(&self, alias: &CatalogAlias) -> Shared {
        let tags = alias.tags.iter().map(|tag| Subject::Tag(tag.to_ascii_lowercase()));
        self.all(std::iter::once(Subject::Alias(alias.id)).chain(tags))
    }
}
