//! The service's own secrets: one of each name, whoever draws.

use std::error::Error;

use alias_core::repository::{SecretRepository, ServiceSecret, StoreError};

use crate::world::on_each_database;

fn secret(byte: u8) -> ServiceSecret {
    ServiceSecret::new([byte; 32])
}

on_each_database! {
    async fn the_first_drawn_secret_is_kept_for_all_replicas_and_every_name_has_its_own(world) {
        assert_eq!(world.store.agree("a", secret(1)).await.unwrap(), secret(1));
        let replica = world.replica().await;
        assert_eq!(replica.agree("a", secret(2)).await.unwrap(), secret(1));
        assert_eq!(replica.agree("b", secret(3)).await.unwrap(), secret(3));
        assert_eq!(world.store.agree("b", secret(4)).await.unwrap(), secret(3));
        assert_eq!(world.count("service_secrets"), 2);
    }

    async fn replicas_that_draw_at_the_same_time_agree(world) {
        let (one, two) = (world.replica().await, world.replica().await);
        let (a, b) = tokio::join!(one.agree("a", secret(1)), two.agree("a", secret(2)));
        assert_eq!(a.unwrap(), b.unwrap());
        assert_eq!(world.count("service_secrets"), 1);
    }

    async fn a_secret_of_another_length_is_reported_and_not_replaced(world) {
        world.store.agree("a", secret(1)).await.unwrap();
        world.execute("UPDATE service_secrets SET secret = substr(secret, 1, 31)");
        let why = world.store.agree("a", secret(2)).await.unwrap_err();
        assert!(matches!(why, StoreError::Corrupt(_)), "{why:?}");
        assert!(why.source().is_some_and(|place| place.to_string().contains("service_secrets.secret")));
        assert!(world.store.agree("a", secret(2)).await.is_err());
    }
}
