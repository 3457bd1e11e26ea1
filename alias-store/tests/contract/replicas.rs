//! Replicas: who is heard, how far behind, and who is forgotten.

use alias_core::catalog::Revision;
use alias_core::replica::{ReplicaId, ReplicaReport, ReplicaStatus};
use alias_core::repository::ReplicaRepository;

use crate::world::{Place, World, on_each_database};

fn report(number: u128, revision: u64) -> ReplicaReport {
    ReplicaReport {
        replica_id: ReplicaId::new(uuid::Uuid::from_u128(number)),
        address: "127.0.0.1:8003".into(),
        version: "0.1.0".into(),
        revision: Revision(revision),
    }
}

async fn standing(world: &World) -> Vec<(u64, ReplicaStatus)> {
    let replicas = world.store.replicas().await.unwrap();
    let of = |one: &alias_core::replica::Replica| (one.report.revision.0, one.status(replicas.newest));
    replicas.all.iter().map(of).collect()
}

on_each_database! {
    async fn a_replica_is_current_behind_or_silent(world) {
        use ReplicaStatus::{Behind, Current, Silent};
        world.alias("a").await;
        let newest = world.store.replicas().await.unwrap().newest.0;
        assert!(newest > 0);
        for one in [report(1, newest - 1), report(2, newest), report(1, newest - 1)] {
            world.store.report(&one).await.unwrap();
        }
        assert_eq!(standing(world).await, [(newest - 1, Behind), (newest, Current)]);
        assert_eq!(world.store.replicas().await.unwrap().reached(Revision(newest)), (1, 2));
        world.store.report(&report(1, newest)).await.unwrap();
        assert_eq!(standing(world).await, [(newest, Current), (newest, Current)]);
        // The database's own clock counts, whatever those of the servers say.
        age(world, 1, 4);
        assert_eq!(standing(world).await, [(newest, Silent), (newest, Current)]);
        assert_eq!(world.store.replicas().await.unwrap().reached(Revision(newest)), (1, 1));
        age(world, 1, 3_600);
        world.store.report(&report(2, newest)).await.unwrap();
        assert_eq!(standing(world).await.len(), 1);
        world.store.leave(report(2, 0).replica_id).await.unwrap();
        assert!(standing(world).await.is_empty());
    }
}

/// Makes it longer ago that a replica was heard.
fn age(world: &World, number: u128, seconds: u32) {
    let id = report(number, 0).replica_id;
    let earlier = if matches!(world.place, Place::Postgres { .. }) {
        format!("seen_at - INTERVAL '{seconds} seconds'")
    } else {
        format!("strftime('%Y-%m-%d %H:%M:%f', seen_at, '-{seconds} seconds')")
    };
    world.execute(&format!("UPDATE replicas SET seen_at = {earlier} WHERE replica_id = '{id}'"));
}
