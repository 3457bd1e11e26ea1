//! The tables, as diesel sees them; the migrations are what makes them.

diesel::table! {
    catalogue (id) {
        id -> SmallInt,
        revision -> BigInt,
        mark -> Text,
    }
}

diesel::table! {
    catalogue_marks (revision) {
        revision -> BigInt,
        mark -> Text,
    }
}

diesel::table! {
    schema_compatibility (one) {
        one -> Integer,
        oldest -> Text,
    }
}

diesel::table! {
    catalogue_changes (revision, kind, id) {
        revision -> BigInt,
        kind -> Text,
        id -> Text,
    }
}

diesel::table! {
    model_aliases (id) {
        id -> Text,
        alias -> Text,
        folded -> Text,
        version -> Integer,
        litellm_model -> Text,
        active -> Bool,
        tags -> Text,
        search -> Text,
        created_at -> Timestamp,
        updated_at -> Timestamp,
        deleted_at -> Nullable<Timestamp>,
        deprecated -> Bool,
        own_price -> Bool,
        place -> Text,
    }
}

diesel::table! {
    alias_versions (alias_id, version) {
        alias_id -> Text,
        version -> Integer,
        spec -> Text,
        actor -> Text,
        reason -> Nullable<Text>,
        effective_at -> Timestamp,
        created_at -> Timestamp,
        alias -> Text,
        kind -> Text,
        actor_id -> Nullable<Text>,
        actor_name -> Nullable<Text>,
        request_id -> Nullable<Text>,
        restored_from -> Nullable<Integer>,
        schedule_id -> Nullable<Text>,
    }
}

diesel::table! {
    deleted_memberships (alias_id, group_id) {
        alias_id -> Text,
        group_id -> Text,
    }
}

diesel::table! {
    scheduled_changes (id) {
        id -> Text,
        alias_id -> Text,
        action -> Text,
        effective_at -> Timestamp,
        actor -> Text,
        actor_id -> Nullable<Text>,
        actor_name -> Nullable<Text>,
        reason -> Nullable<Text>,
        request_id -> Nullable<Text>,
        created_at -> Timestamp,
    }
}

diesel::table! {
    access_groups (id) {
        id -> Text,
        group_name -> Text,
        folded -> Text,
        description -> Text,
        display_name -> Nullable<Text>,
        active -> Bool,
        version -> Integer,
        search -> Text,
        created_at -> Timestamp,
        updated_at -> Timestamp,
    }
}

diesel::table! {
    group_aliases (group_id, alias_id) {
        group_id -> Text,
        alias_id -> Text,
    }
}

diesel::table! {
    organizations (uid) {
        uid -> Text,
        organization_id -> Text,
        folded -> Text,
        name -> Text,
        metadata -> Text,
        status -> Text,
        status_reason -> Nullable<Text>,
        pause_until -> Nullable<Timestamp>,
        version -> Integer,
        search -> Text,
        created_at -> Timestamp,
        updated_at -> Timestamp,
    }
}

diesel::table! {
    teams (uid) {
        uid -> Text,
        organization_uid -> Text,
        team_id -> Text,
        folded -> Text,
        team_alias -> Text,
        metadata -> Text,
        status -> Text,
        status_reason -> Nullable<Text>,
        pause_until -> Nullable<Timestamp>,
        version -> Integer,
        search -> Text,
        created_at -> Timestamp,
        updated_at -> Timestamp,
        rpm_limit -> Nullable<Integer>,
        tpm_limit -> Nullable<Integer>,
        max_parallel_requests -> Nullable<Integer>,
        budget_mode -> Text,
        limit_mode -> Text,
        credits_per_dollar -> BigInt,
        tokens_per_credit -> BigInt,
        markup -> BigInt,
        default_model -> Nullable<Text>,
    }
}

diesel::table! {
    credit_accounts (id) {
        id -> Text,
        team_uid -> Nullable<Text>,
        allocated -> BigInt,
        granted -> BigInt,
        charged -> BigInt,
        recalls -> BigInt,
        created_at -> Timestamp,
        budget_id -> Nullable<Text>,
        expired -> BigInt,
        expired_to -> Nullable<Timestamp>,
        full_at -> BigInt,
    }
}

diesel::table! {
    replicas (replica_id) {
        replica_id -> Text,
        address -> Text,
        version -> Text,
        revision -> BigInt,
        started_at -> Timestamp,
        seen_at -> Timestamp,
    }
}

diesel::table! {
    budgets (budget_id) {
        budget_id -> Text,
        scope -> Text,
        subject -> Text,
        limit_nanos -> BigInt,
        limit_mode -> Text,
        time_window -> Text,
        description -> Text,
        version -> Integer,
        created_at -> Timestamp,
        updated_at -> Timestamp,
        organization_uid -> Nullable<Text>,
        deleted_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    budget_charges (account_id, call_id) {
        account_id -> Text,
        call_id -> Text,
        lease -> Text,
        charged -> BigInt,
    }
}

diesel::table! {
    credit_leases (account_id, instance_id) {
        account_id -> Text,
        instance_id -> Text,
        granted -> BigInt,
        returned -> BigInt,
        charged -> BigInt,
        answered -> BigInt,
    }
}

diesel::table! {
    credit_refills (account_id) {
        account_id -> Text,
        team_uid -> Text,
        amount -> BigInt,
        period -> Text,
        time_zone -> Text,
        unused -> Text,
        next_at -> Nullable<Timestamp>,
        last_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    credit_transactions (id) {
        id -> Text,
        account_id -> Text,
        kind -> Text,
        amount -> BigInt,
        balance_after -> BigInt,
        description -> Nullable<Text>,
        job_id -> Nullable<Text>,
        created_at -> Timestamp,
    }
}

diesel::table! {
    usage_quarantine (instance_id, seq) {
        instance_id -> Text,
        seq -> BigInt,
        event -> Text,
        why -> Text,
        created_at -> Timestamp,
    }
}

diesel::table! {
    team_groups (team_uid, group_id) {
        team_uid -> Text,
        group_id -> Text,
    }
}

diesel::table! {
    team_keys (key_id) {
        key_id -> Text,
        team_uid -> Text,
        name -> Text,
        digest -> Binary,
        masked -> Text,
        expires_at -> Nullable<Timestamp>,
        revoked_at -> Nullable<Timestamp>,
        created_at -> Timestamp,
        limits_models -> Bool,
        endpoints -> Nullable<Text>,
        networks -> Nullable<Text>,
        grace_ends_at -> Nullable<Timestamp>,
        rpm_limit -> Nullable<Integer>,
        tpm_limit -> Nullable<Integer>,
        max_parallel_requests -> Nullable<Integer>,
        lineage -> Text,
        upstream_identity -> Bool,
    }
}

diesel::table! {
    key_models (key_id, alias_id) {
        key_id -> Text,
        alias_id -> Text,
    }
}

diesel::table! {
    key_use (key_id) {
        key_id -> Text,
        last_used_at -> Timestamp,
    }
}

diesel::table! {
    admin_tokens (token_id) {
        token_id -> Text,
        name -> Text,
        role -> Text,
        organization_uid -> Nullable<Text>,
        digest -> Binary,
        masked -> Text,
        expires_at -> Nullable<Timestamp>,
        revoked_at -> Nullable<Timestamp>,
        last_used_at -> Nullable<Timestamp>,
        created_at -> Timestamp,
    }
}

diesel::table! {
    accounts (user_id) {
        user_id -> Text,
        email -> Text,
        display_name -> Text,
        role -> Text,
        organization_uid -> Nullable<Text>,
        active -> Bool,
        password_hash -> Nullable<Text>,
        issuer -> Nullable<Text>,
        subject -> Nullable<Text>,
        last_sign_in_at -> Nullable<Timestamp>,
        version -> Integer,
        created_at -> Timestamp,
        updated_at -> Timestamp,
    }
}

diesel::table! {
    sessions (digest) {
        digest -> Binary,
        user_id -> Text,
        created_at -> Timestamp,
        seen_at -> Timestamp,
    }
}

diesel::table! {
    audit_head (id) {
        id -> SmallInt,
        seq -> BigInt,
        hash -> Text,
    }
}

diesel::table! {
    audit_log (id) {
        id -> Text,
        seq -> Nullable<BigInt>,
        revision -> Nullable<BigInt>,
        at -> Timestamp,
        outcome -> Text,
        actor -> Text,
        actor_id -> Nullable<Text>,
        actor_name -> Nullable<Text>,
        source -> Text,
        address -> Nullable<Text>,
        request_id -> Nullable<Text>,
        reason -> Nullable<Text>,
        action -> Text,
        object -> Text,
        name -> Text,
        diff -> Text,
        count -> BigInt,
        hash -> Nullable<Text>,
    }
}

diesel::table! {
    instances (id) {
        id -> Text,
        boot -> BigInt,
        shipped_seq -> BigInt,
        created_at -> Timestamp,
        announced_at -> Timestamp,
        closed -> Bool,
        beat -> BigInt,
        repeated -> BigInt,
        timed_from -> BigInt,
        timed_seq -> BigInt,
    }
}

diesel::table! {
    usage_events (instance_id, seq) {
        instance_id -> Text,
        seq -> BigInt,
        call_id -> Text,
        started_at -> Timestamp,
        endpoint -> Text,
        stream -> Bool,
        alias_id -> Text,
        alias -> Text,
        alias_version -> Integer,
        litellm_model -> Text,
        organization_id -> Text,
        team_uid -> Text,
        team_id -> Text,
        key_id -> Text,
        request_id -> Text,
        outcome -> Text,
        status -> Integer,
        error_code -> Nullable<Text>,
        duration_us -> BigInt,
        first_byte_us -> Nullable<BigInt>,
        input_tokens -> Nullable<BigInt>,
        cache_read_tokens -> Nullable<BigInt>,
        cache_write_tokens -> Nullable<BigInt>,
        output_tokens -> Nullable<BigInt>,
        reasoning_tokens -> Nullable<BigInt>,
        provider_cost -> Nullable<BigInt>,
        charge -> Nullable<BigInt>,
        job_id -> Nullable<Text>,
        credits -> BigInt,
        charged -> BigInt,
        detail -> Text,
        schedule_id -> Nullable<Text>,
    }
}

diesel::table! {
    usage_rerates (instance_id, seq) {
        instance_id -> Text,
        seq -> BigInt,
        price_id -> BigInt,
        provider_cost -> BigInt,
        charge -> BigInt,
        at -> Timestamp,
    }
}

diesel::table! {
    usage_rollups (day, alias_id, team_uid) {
        day -> Date,
        alias_id -> Text,
        team_uid -> Text,
        calls -> BigInt,
        completed -> BigInt,
        denied -> BigInt,
        input_tokens -> BigInt,
        output_tokens -> BigInt,
        completed_tokens -> BigInt,
        cost_nano -> BigInt,
        billed_nano -> BigInt,
        unpriced -> BigInt,
        last_used_at -> Nullable<Timestamp>,
        cached_tokens -> BigInt,
        reasoning_tokens -> BigInt,
        credits -> BigInt,
        charged -> BigInt,
        estimated -> BigInt,
    }
}

diesel::table! {
    usage_times (day, alias_id, team_uid) {
        day -> Date,
        alias_id -> Text,
        team_uid -> Text,
        durations -> Binary,
        first_tokens -> Binary,
    }
}

diesel::table! {
    usage_teams (team_uid) {
        team_uid -> Text,
        team_id -> Text,
        organization_id -> Text,
    }
}

diesel::table! {
    idempotency (scope) {
        scope -> Binary,
        body -> Binary,
        status -> Nullable<Integer>,
        headers -> Nullable<Text>,
        answer -> Nullable<Text>,
        created_at -> Timestamp,
    }
}

diesel::table! {
    service_secrets (name) {
        name -> Text,
        secret -> Binary,
        created_at -> Timestamp,
    }
}

diesel::table! {
    webhooks (webhook_id) {
        webhook_id -> Text,
        team_uid -> Nullable<Text>,
        url -> Text,
        events -> Text,
        description -> Text,
        active -> Bool,
        disabled_reason -> Nullable<Text>,
        secret -> Binary,
        old_secret -> Nullable<Binary>,
        old_secret_ends_at -> Nullable<Timestamp>,
        version -> Integer,
        created_at -> Timestamp,
        updated_at -> Timestamp,
    }
}

diesel::table! {
    webhook_deliveries (delivery_id) {
        delivery_id -> Text,
        webhook_id -> Text,
        event -> Text,
        subject -> Text,
        body -> Text,
        status -> Text,
        attempts -> Integer,
        next_attempt_at -> Timestamp,
        claimed_until -> Nullable<Timestamp>,
        last_attempt_at -> Nullable<Timestamp>,
        last_status -> Nullable<Integer>,
        last_latency_ms -> Nullable<Integer>,
        last_error -> Nullable<Text>,
        created_at -> Timestamp,
        finished_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    sunset_reminders (alias_id, days) {
        alias_id -> Text,
        days -> Integer,
        remind_at -> Timestamp,
        sunset_at -> Timestamp,
    }
}

diesel::table! {
    notices (notice_id) {
        notice_id -> Text,
        kind -> Text,
        alias_id -> Nullable<Text>,
        alias -> Nullable<Text>,
        title -> Text,
        body -> Text,
        audience -> Text,
        expires_at -> Nullable<Timestamp>,
        version -> Integer,
        created_by -> Text,
        created_at -> Timestamp,
        updated_at -> Timestamp,
    }
}

diesel::table! {
    notice_teams (notice_id, team_uid) {
        notice_id -> Text,
        team_uid -> Text,
    }
}

diesel::table! {
    notice_organizations (notice_id, organization_uid) {
        notice_id -> Text,
        organization_uid -> Text,
    }
}

diesel::table! {
    limit_accounts (subject) {
        subject -> Text,
        minute -> BigInt,
        requests -> BigInt,
        tokens -> BigInt,
        recall -> BigInt,
    }
}

diesel::table! {
    limit_slots (subject, instance) {
        subject -> Text,
        instance -> Text,
        held -> Integer,
    }
}

diesel::table! {
    limit_instances (instance) {
        instance -> Text,
        beat -> BigInt,
    }
}

diesel::table! {
    provider_models (folded) {
        folded -> Text,
        model -> Text,
        provider -> Text,
        mode -> Nullable<Text>,
        price_id -> Nullable<BigInt>,
        max_input_tokens -> Nullable<BigInt>,
        max_output_tokens -> Nullable<BigInt>,
        capabilities -> Text,
        deprecation_date -> Nullable<Text>,
        source -> Text,
        updated_at -> Timestamp,
        version -> Integer,
    }
}

diesel::table! {
    model_prices (id) {
        id -> BigInt,
        folded -> Text,
        prices -> Nullable<Text>,
        source -> Text,
        valid_from -> Timestamp,
    }
}

diesel::table! {
    jobs (job_id) {
        job_id -> Text,
        team_uid -> Text,
        team_id -> Text,
        job_type -> Text,
        user_id -> Nullable<Text>,
        status -> Text,
        metadata -> Text,
        error_message -> Nullable<Text>,
        credit -> Text,
        paid_successes -> BigInt,
        created_at -> Timestamp,
        active_at -> Timestamp,
        completed_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    job_calls (call_id) {
        call_id -> Text,
        job_id -> Text,
        purpose -> Nullable<Text>,
        metadata -> Text,
        started_at -> Timestamp,
    }
}

diesel::table! {
    managed_objects (object_id) {
        object_id -> Text,
        managed_by -> Text,
    }
}

diesel::allow_tables_to_appear_in_same_query!(
    model_aliases,
    alias_versions,
    access_groups,
    group_aliases,
    deleted_memberships,
    organizations,
    teams,
    credit_accounts,
    credit_leases,
    instances,
    team_groups,
    team_keys,
    key_models,
    usage_rollups,
    admin_tokens,
    accounts,
    sessions,
    webhooks,
    webhook_deliveries,
    notices,
    notice_teams,
    notice_organizations,
);

diesel::allow_tables_to_appear_in_same_query!(limit_slots, limit_instances);

diesel::allow_tables_to_appear_in_same_query!(jobs, teams);
diesel::allow_tables_to_appear_in_same_query!(job_calls, usage_events);
diesel::allow_tables_to_appear_in_same_query!(usage_events, usage_rerates);
diesel::allow_tables_to_appear_in_same_query!(usage_events, budget_charges);

diesel::joinable!(group_aliases -> access_groups (group_id));
diesel::joinable!(group_aliases -> model_aliases (alias_id));
diesel::joinable!(key_models -> model_aliases (alias_id));
diesel::joinable!(team_groups -> access_groups (group_id));
diesel::joinable!(team_groups -> teams (team_uid));
diesel::joinable!(teams -> organizations (organization_uid));
diesel::joinable!(credit_leases -> credit_accounts (account_id));
diesel::joinable!(admin_tokens -> organizations (organization_uid));
diesel::joinable!(accounts -> organizations (organization_uid));
diesel::joinable!(sessions -> accounts (user_id));
diesel::joinable!(webhooks -> teams (team_uid));
diesel::joinable!(notice_teams -> teams (team_uid));
diesel::joinable!(notice_organizations -> organizations (organization_uid));
diesel::joinable!(webhook_deliveries -> webhooks (webhook_id));
