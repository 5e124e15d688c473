//! What stands before a release and around it: the policy's days and approval, silent errors, raw types that cannot be
//! written.

use super::*;
use crate::privacy::{Class, PolicyError, ReleaseError};

#[test]
fn an_expired_policy_releases_nothing() {
    let policy = munich();
    let day_after = policy.expires_on().tomorrow().unwrap();
    for audience in [Audience::Citizen, Audience::Kiosk, Audience::Planner] {
        assert!(Releaser::new(&policy, audience, policy.expires_on(), DataOrigin::Synthetic).is_ok());
        let error = Releaser::new(&policy, audience, day_after, DataOrigin::Synthetic).unwrap_err();
        assert!(matches!(error, PolicyError::Expired { .. }), "{error}");
    }
}

#[test]
fn an_unapproved_policy_releases_invented_data_only() {
    let error = Releaser::new(&munich(), Audience::Citizen, TODAY, DataOrigin::Real).unwrap_err();
    assert_eq!(error.to_string(), "policy.toml: the policy is not approved and releases invented data only");
    let approved = MUNICH
        .replace("# approved_by = \"…\"", "approved_by = \"DSB\"")
        .replace("# approved_on = 2026-…", "approved_on = 2026-11-30");
    let approved = Policy::parse(&approved, "policy.toml").unwrap();
    assert_eq!(approved.approved_by(), Some("DSB"));
    assert!(Releaser::new(&approved, Audience::Citizen, TODAY, DataOrigin::Real).is_ok());
    assert!(Releaser::new(&approved, Audience::Citizen, date(2026, 11, 29), DataOrigin::Real).is_err());
}

/// No error and no `Debug` of a building tells a value; a code is told of public attributes only.
#[test]
fn errors_tell_no_value() {
    let policy = munich();
    let canary = "Erika-Mustermann-31415";
    for cell in policy.cells() {
        let building = building("DEBY_1", [(cell.attribute, RawValue::text(canary))]);
        assert!(!format!("{building:?}").contains(canary));
        let releaser = releaser(&policy, cell.audience, cell.purpose);
        let Err(error) = try_release(&releaser, &building) else { continue };
        let is_public_code = matches!(error, ReleaseError::UnknownCode { .. });
        assert_eq!(error.to_string().contains(canary), is_public_code, "{error}");
        if is_public_code {
            assert_eq!(policy.attribute(cell.attribute).unwrap().class, Class::Public);
        }
    }
}

/// Compiles only where the type has none of the traits: a second candidate would leave `_` undecided.
macro_rules! assert_cannot_be {
    ($type:ty: $($trait:path),+) => {$({
        trait Ambiguous<A> {
            fn check() {}
        }
        impl<T: ?Sized> Ambiguous<()> for T {}
        struct HasTrait;
        impl<T: ?Sized + $trait> Ambiguous<HasTrait> for T {}
        let _ = <$type as Ambiguous<_>>::check;
    })+};
}

#[test]
fn raw_cannot_be_written() {
    assert_cannot_be!(RawValue: serde::Serialize, std::fmt::Display, AsRef<str>, Into<String>);
    assert_cannot_be!(Attributes: serde::Serialize, std::fmt::Display);
    assert_cannot_be!(crate::model::Address: serde::Serialize, std::fmt::Display);
    assert_cannot_be!(Building: serde::Serialize, std::fmt::Display);
    assert_eq!(format!("{:?}", RawValue::text("Erika Mustermann")), "Text(…)");
    assert_eq!(format!("{:?}", RawValue::real(1.5)), "Real(…)");
}
