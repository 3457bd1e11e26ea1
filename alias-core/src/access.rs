//! Who may administer what: roles, actions, and the one table that joins them.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::organization::{OrganizationId, OrganizationUid};

/// What an identity may do in the admin API.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// Everything, owners included.
    Owner,
    /// Everything but owners.
    Admin,
    /// One organization: its teams and their keys.
    OrgAdmin,
    /// One organization: what its teams are called, and their keys.
    TeamAdmin,
    /// Reads everything in reach, and settles credits.
    Billing,
    /// Reads everything in reach.
    Viewer,
}

impl Role {
    /// Whether who has this role may make, change or end identities of that one, if he may do so at all: owners are
    /// for owners.
    ///
    /// # Errors
    /// [`Forbidden::Role`].
    pub fn may_govern(self, role: Self) -> Result<(), Forbidden> {
        if role == Self::Owner && self != Self::Owner { Err(Forbidden::Role(self)) } else { Ok(()) }
    }

    /// All roles, the mightiest first.
    pub const ALL: [Self; 6] =
        [Self::Owner, Self::Admin, Self::OrgAdmin, Self::TeamAdmin, Self::Billing, Self::Viewer];

    /// The word on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Owner => "owner",
            Self::Admin => "admin",
            Self::OrgAdmin => "org-admin",
            Self::TeamAdmin => "team-admin",
            Self::Billing => "billing",
            Self::Viewer => "viewer",
        }
    }

    /// Whether an identity of this role belongs to one organization.
    pub const fn belonging(self) -> Belonging {
        match self {
            Self::Owner | Self::Admin => Belonging::Never,
            Self::OrgAdmin | Self::TeamAdmin => Belonging::Always,
            Self::Billing | Self::Viewer => Belonging::AtWill,
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A text that is not a role.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be one of owner, admin, org-admin, team-admin, billing, viewer")]
pub struct InvalidRole;

impl FromStr for Role {
    type Err = InvalidRole;

    fn from_str(text: &str) -> Result<Self, InvalidRole> {
        Self::ALL.into_iter().find(|role| role.as_str() == text).ok_or(InvalidRole)
    }
}

/// Whether identities of a role belong to an organization.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Belonging {
    /// They reach everything.
    Never,
    /// They reach their organization and nothing else.
    Always,
    /// Both exist.
    AtWill,
}

/// Something that the admin API does. Every route has one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Action {
    /// See aliases, access groups, and their figures.
    ReadCatalog,
    /// Create, change, delete aliases and access groups.
    WriteCatalog,
    /// See organizations.
    ReadOrganizations,
    /// Change what an organization is called.
    EditOrganization,
    /// Create, pause, suspend, delete organizations.
    GovernOrganizations,
    /// See teams, their figures, and what they may call.
    ReadTeams,
    /// Change what a team is called.
    EditTeam,
    /// Create, pause, suspend, delete teams.
    GovernTeams,
    /// Grant access groups to teams, and take them away.
    GrantAccess,
    /// Give credits to teams.
    AllocateCredits,
    /// See the masked keys of teams.
    ReadKeys,
    /// Create, rotate, revoke keys of teams.
    WriteKeys,
    /// Read and verify the audit log.
    ReadAudit,
    /// See accounts and admin tokens.
    ReadIdentities,
    /// Create, change, delete accounts and admin tokens. Those of owners only by owners.
    WriteIdentities,
    /// See versions, metrics, and what else tells about the service itself.
    ReadSystem,
    /// Retire instances that are gone.
    OperateSystem,
    /// What concerns oneself: who am I, sign out.
    Oneself,
}

impl Action {
    /// All actions.
    pub const ALL: [Self; 18] = [
        Self::ReadCatalog,
        Self::WriteCatalog,
        Self::ReadOrganizations,
        Self::EditOrganization,
        Self::GovernOrganizations,
        Self::ReadTeams,
        Self::EditTeam,
        Self::GovernTeams,
        Self::GrantAccess,
        Self::AllocateCredits,
        Self::ReadKeys,
        Self::WriteKeys,
        Self::ReadAudit,
        Self::ReadIdentities,
        Self::WriteIdentities,
        Self::ReadSystem,
        Self::OperateSystem,
        Self::Oneself,
    ];

    /// The roles that do this.
    pub fn roles(self) -> impl Iterator<Item = Role> {
        let (columns, _) = self.row();
        Role::ALL.into_iter().zip(columns).filter_map(|(role, does)| does.then_some(role))
    }

    /// Whether who belongs to an organization does this there, if his role does it.
    pub fn is_within_organizations(self) -> bool {
        self.row().1 == Reach::Organization
    }

    /// The table: whether a role does this, and how far it reaches who belongs to an organization.
    ///
    /// The columns are owner, admin, org-admin, team-admin, billing, viewer. Granting is not for those who
    /// belong to an organization: they would grant themselves every model there is.
    #[expect(clippy::match_same_arms, reason = "a row each")]
    const fn row(self) -> ([bool; 6], Reach) {
        use Reach::{Everywhere, Organization};
        const Y: bool = true;
        const N: bool = false;
        match self {
            Self::ReadCatalog => ([Y, Y, N, N, Y, Y], Everywhere),
            Self::WriteCatalog => ([Y, Y, N, N, N, N], Everywhere),
            Self::ReadOrganizations => ([Y, Y, Y, Y, Y, Y], Organization),
            Self::EditOrganization => ([Y, Y, Y, N, N, N], Organization),
            Self::GovernOrganizations => ([Y, Y, N, N, N, N], Everywhere),
            Self::ReadTeams => ([Y, Y, Y, Y, Y, Y], Organization),
            Self::EditTeam => ([Y, Y, Y, Y, N, N], Organization),
            Self::GovernTeams => ([Y, Y, Y, N, N, N], Organization),
            Self::GrantAccess => ([Y, Y, N, N, N, N], Everywhere),
            Self::AllocateCredits => ([Y, Y, N, N, Y, N], Everywhere),
            Self::ReadKeys => ([Y, Y, Y, Y, Y, Y], Organization),
            Self::WriteKeys => ([Y, Y, Y, Y, N, N], Organization),
            Self::ReadAudit => ([Y, Y, N, N, N, N], Everywhere),
            Self::ReadIdentities => ([Y, Y, N, N, N, N], Everywhere),
            Self::WriteIdentities => ([Y, Y, N, N, N, N], Everywhere),
            Self::ReadSystem => ([Y, Y, N, N, Y, Y], Everywhere),
            Self::OperateSystem => ([Y, Y, N, N, N, N], Everywhere),
            Self::Oneself => ([Y, Y, Y, Y, Y, Y], Organization),
        }
    }
}

/// How far an action reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reach {
    /// What it shows or changes is everybody's: who belongs to an organization does not get there.
    Everywhere,
    /// It concerns one organization at a time.
    Organization,
}

/// What an identity may do, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Authority {
    /// The role.
    pub role: Role,
    /// The only organization in reach; all where absent.
    pub organization: Option<Home>,
}

/// The organization that an identity belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Home {
    /// Our own identity of it.
    pub uid: OrganizationUid,
    /// The id that the operator chose.
    pub organization_id: OrganizationId,
}

/// Why something was not allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Forbidden {
    /// The role does not do this.
    #[error("the role {0} does not allow this")]
    Role(Role),
    /// The object, or the whole list, is out of reach.
    #[error("this is beyond the one organization that you administer")]
    Organization,
}

impl Authority {
    /// Everything, everywhere.
    pub const fn owner() -> Self {
        Self { role: Role::Owner, organization: None }
    }

    /// Whether this identity may do this at all; where exactly, [`Self::reaches`] says.
    ///
    /// # Errors
    /// Why not.
    pub fn may(&self, action: Action) -> Result<(), Forbidden> {
        let (roles, reach) = action.row();
        if !roles[self.role as usize] {
            return Err(Forbidden::Role(self.role));
        }
        if self.organization.is_some() && reach == Reach::Everywhere {
            return Err(Forbidden::Organization);
        }
        Ok(())
    }

    /// Whether this organization is in reach.
    ///
    /// # Errors
    /// [`Forbidden::Organization`].
    pub fn reaches(&self, organization: &OrganizationId) -> Result<(), Forbidden> {
        match &self.organization {
            Some(home) if home.organization_id != *organization => Err(Forbidden::Organization),
            _ => Ok(()),
        }
    }

    /// Whether this identity may make, change or end one of that role: nobody lifts himself above his own.
    ///
    /// # Errors
    /// [`Forbidden::Role`].
    pub fn may_appoint(&self, role: Role) -> Result<(), Forbidden> {
        self.may(Action::WriteIdentities)?;
        self.role.may_govern(role)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn of(role: Role, organization: Option<&str>) -> Authority {
        let home = |id: &str| Home {
            uid: OrganizationUid::new(Uuid::from_u128(1)),
            organization_id: id.parse().unwrap(),
        };
        Authority { role, organization: organization.map(home) }
    }

    #[test]
    fn an_owner_may_everything_and_a_viewer_changes_nothing() {
        let reads = [
            Action::ReadCatalog,
            Action::ReadOrganizations,
            Action::ReadTeams,
            Action::ReadKeys,
            Action::ReadSystem,
            Action::Oneself,
        ];
        for action in Action::ALL {
            assert_eq!(of(Role::Owner, None).may(action), Ok(()), "{action:?}");
            assert_eq!(of(Role::Viewer, None).may(action).is_ok(), reads.contains(&action), "{action:?}");
        }
    }

    #[test]
    fn who_belongs_to_an_organization_sees_nothing_of_others() {
        let here = of(Role::OrgAdmin, Some("acme"));
        assert_eq!(here.may(Action::GovernTeams), Ok(()));
        assert_eq!(here.reaches(&"ACME".parse().unwrap()), Ok(()));
        assert_eq!(here.reaches(&"other".parse().unwrap()), Err(Forbidden::Organization));
        for action in [Action::ReadCatalog, Action::ReadSystem] {
            assert_eq!(
                of(Role::Viewer, Some("acme")).may(action),
                Err(Forbidden::Organization),
                "{action:?}"
            );
        }
    }

    #[test]
    fn nobody_who_belongs_to_an_organization_grants_models_to_it() {
        for role in [Role::OrgAdmin, Role::TeamAdmin, Role::Billing, Role::Viewer] {
            assert!(of(role, Some("acme")).may(Action::GrantAccess).is_err(), "{role}");
        }
    }

    #[test]
    fn only_an_owner_appoints_owners() {
        assert_eq!(of(Role::Owner, None).may_appoint(Role::Owner), Ok(()));
        assert_eq!(of(Role::Admin, None).may_appoint(Role::Owner), Err(Forbidden::Role(Role::Admin)));
        assert_eq!(of(Role::Admin, None).may_appoint(Role::Viewer), Ok(()));
        assert!(of(Role::Viewer, None).may_appoint(Role::Viewer).is_err());
    }
}
