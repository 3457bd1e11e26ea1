// Generated from the server's OpenAPI document by tools/types.mjs. Do not edit.
export interface paths {
    "/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["index"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/admin-tokens": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["list_admin_tokens"];
        put?: never;
        post: operations["create_admin_token"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/admin-tokens/{token}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        delete: operations["revoke_admin_token"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/admin-users": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["list_users"];
        put?: never;
        post: operations["create_user"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/admin-users/login": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["sign_in"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/admin-users/logout": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["sign_out"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/admin-users/me": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["who_am_i"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/admin-users/oidc/callback": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["end_single_sign_on"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/admin-users/oidc/login": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["begin_single_sign_on"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/admin-users/password": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["change_password"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/admin-users/setup": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["set_up"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/admin-users/setup/status": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["get_setup_status"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/admin-users/{user}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["get_user"];
        put: operations["update_user"];
        post?: never;
        delete: operations["delete_user"];
        options?: never;
        head?: never;
        patch: operations["update_user_by_patch"];
        trace?: never;
    };
    "/api/apply": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["apply_document"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/audit": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["list_audit_log"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/audit/verify": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["verify_audit_log"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/budgets": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["list_budgets"];
        put?: never;
        post: operations["create_budget"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/budgets/{budget}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["get_budget"];
        put: operations["update_budget"];
        post?: never;
        delete: operations["delete_budget"];
        options?: never;
        head?: never;
        patch: operations["update_budget_by_patch"];
        trace?: never;
    };
    "/api/catalog/back-rate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["back_rate_usage"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/catalog/import": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["import_catalog_models"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/catalog/models": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["list_catalog_models"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/catalog/models/{model}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["get_catalog_model"];
        put: operations["set_catalog_model"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch: operations["set_catalog_model_by_patch"];
        trace?: never;
    };
    "/api/catalog/providers": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["list_catalog_providers"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/credits/add": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["add_credits"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/credits/balance": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["get_credit_balance"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/credits/teams/{team}/add": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["add_team_credits"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/credits/teams/{team}/balance": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["get_team_credit_balance"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/credits/teams/{team}/budget-mode": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put: operations["set_team_budget_mode"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch: operations["set_team_budget_mode_by_patch"];
        trace?: never;
    };
    "/api/credits/teams/{team}/check": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["check_team_credits"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/credits/teams/{team}/configure-auto-refill": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["get_team_auto_refill"];
        put?: never;
        post: operations["configure_team_auto_refill"];
        delete: operations["end_team_auto_refill"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/credits/teams/{team}/conversion-rates": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["get_team_conversion_rates"];
        put: operations["set_team_conversion_rates"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch: operations["set_team_conversion_rates_by_patch"];
        trace?: never;
    };
    "/api/credits/teams/{team}/replenish": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["replenish_team_credits"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/credits/teams/{team}/transactions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["list_team_credit_transactions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/credits/transactions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["list_credit_transactions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/explain": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["explain"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["export_document"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/instances": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["list_instances"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/instances/{instance}/retire": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["retire_instance"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/jobs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["list_jobs"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/jobs/create": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["create_job"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/jobs/create-and-call": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["create_job_and_call"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/jobs/create-and-call-stream": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["create_job_and_stream_call"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/jobs/{job}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["get_job"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/jobs/{job}/complete": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["complete_job"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/jobs/{job}/costs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["get_job_costs"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/jobs/{job}/llm-call": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["call_in_job"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/jobs/{job}/llm-call-stream": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["stream_call_in_job"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/jobs/{job}/metadata": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch: operations["add_job_metadata"];
        trace?: never;
    };
    "/api/model-access-groups": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["list_access_groups"];
        put?: never;
        post: operations["create_access_group"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/model-access-groups/create": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["create_access_group_by_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/model-access-groups/{group}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["get_access_group"];
        put: operations["update_access_group"];
        post?: never;
        delete: operations["delete_access_group"];
        options?: never;
        head?: never;
        patch: operations["update_access_group_by_patch"];
        trace?: never;
    };
    "/api/model-access-groups/{group}/add-models": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["add_models_to_access_group"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/model-access-groups/{group}/history": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["get_access_group_history"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/model-access-groups/{group}/impact": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["get_access_group_impact"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/model-access-groups/{group}/models": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put: operations["replace_access_group_models"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/model-access-groups/{group}/remove-models": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["remove_models_from_access_group"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/model-aliases": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["list_model_aliases"];
        put?: never;
        post: operations["create_model_alias"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/model-aliases/bulk": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["change_model_aliases"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/model-aliases/by-name": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["get_model_alias_by_name"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/model-aliases/create": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["create_model_alias_by_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/model-aliases/validate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["validate_model_alias"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/model-aliases/{alias}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["get_model_alias"];
        put: operations["update_model_alias"];
        post?: never;
        delete: operations["delete_model_alias"];
        options?: never;
        head?: never;
        patch: operations["update_model_alias_by_patch"];
        trace?: never;
    };
    "/api/model-aliases/{alias}/arms": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["compare_alias_targets"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/model-aliases/{alias}/callers": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["list_alias_callers"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/model-aliases/{alias}/deprecate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["deprecate_model_alias"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/model-aliases/{alias}/disable": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["disable_model_alias"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/model-aliases/{alias}/enable": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["enable_model_alias"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/model-aliases/{alias}/history": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["get_model_alias_history"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/model-aliases/{alias}/impact": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["get_model_alias_impact"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/model-aliases/{alias}/rename": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["rename_model_alias"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/model-aliases/{alias}/restore": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["restore_model_alias"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/model-aliases/{alias}/rollback": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["roll_back_model_alias"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/model-aliases/{alias}/schedule": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["get_model_alias_schedule"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/model-aliases/{alias}/schedule/{change}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        delete: operations["cancel_model_alias_change"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/model-aliases/{alias}/test": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["test_model_alias"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/model-aliases/{alias}/undeprecate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["undeprecate_model_alias"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/model-aliases/{alias}/usage": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["report_model_alias_usage"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/notices": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["list_notices"];
        put?: never;
        post: operations["create_notice"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/notices/{notice}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["get_notice"];
        put: operations["update_notice"];
        post?: never;
        delete: operations["delete_notice"];
        options?: never;
        head?: never;
        patch: operations["update_notice_by_patch"];
        trace?: never;
    };
    "/api/organizations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["list_organizations"];
        put?: never;
        post: operations["create_organization"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/organizations/create": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["create_organization_by_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/organizations/{organization}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["get_organization"];
        put: operations["update_organization"];
        post?: never;
        delete: operations["delete_organization"];
        options?: never;
        head?: never;
        patch: operations["update_organization_by_patch"];
        trace?: never;
    };
    "/api/organizations/{organization}/costs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["get_organization_costs"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/organizations/{organization}/status": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put: operations["set_organization_status"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/organizations/{organization}/teams": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["list_organization_teams"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/organizations/{organization}/usage": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["get_organization_usage"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/plan": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["plan_document"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/replicas": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["list_replicas"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/stats/dashboard": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["get_dashboard"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/teams": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["list_teams"];
        put?: never;
        post: operations["create_team"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/teams/create": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["create_team_by_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/teams/{team}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["get_team"];
        put: operations["update_team"];
        post?: never;
        delete: operations["delete_team"];
        options?: never;
        head?: never;
        patch: operations["update_team_by_patch"];
        trace?: never;
    };
    "/api/teams/{team}/access-groups": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put: operations["replace_team_access_groups"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/teams/{team}/jobs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["list_team_jobs"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/teams/{team}/keys": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["list_keys"];
        put?: never;
        post: operations["create_key"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/teams/{team}/keys/{key}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["get_key"];
        put: operations["update_key"];
        post?: never;
        delete: operations["revoke_key"];
        options?: never;
        head?: never;
        patch: operations["update_key_by_patch"];
        trace?: never;
    };
    "/api/teams/{team}/keys/{key}/rotate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["rotate_key"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/teams/{team}/markup": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put: operations["set_team_markup"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch: operations["set_team_markup_by_patch"];
        trace?: never;
    };
    "/api/teams/{team}/models": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["list_team_models"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/teams/{team}/notices": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["list_team_notices"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/teams/{team}/pause": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put: operations["pause_team"];
        post: operations["pause_team_by_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/teams/{team}/resume": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put: operations["resume_team"];
        post: operations["resume_team_by_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/teams/{team}/suspend": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put: operations["suspend_team"];
        post: operations["suspend_team_by_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/teams/{team}/usage": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["get_team_usage"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/upstream": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["look_at_upstream"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/usage": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["report_usage"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/usage/denied": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["report_denied_calls"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/usage/verify": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["verify_usage"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/webhooks": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["list_webhooks"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/webhooks/register": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["register_webhook"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/webhooks/{webhook}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["get_webhook"];
        put: operations["update_webhook"];
        post?: never;
        delete: operations["delete_webhook"];
        options?: never;
        head?: never;
        patch: operations["update_webhook_by_patch"];
        trace?: never;
    };
    "/api/webhooks/{webhook}/deliveries": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["list_webhook_deliveries"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/webhooks/{webhook}/rotate-secret": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["rotate_webhook_secret"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/webhooks/{webhook}/test": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["test_webhook"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/chat/completions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["chat_completions_without_v1"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/docs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["show_reference"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/docs/errors": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["errors"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/docs/errors.md": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["errors_as_text"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/docs/errors/{code}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["explain_error"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/health": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["health"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/health/live": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["live"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/health/ready": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["ready"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/llms.txt": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["list_pages"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/metrics": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["figures"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/openapi.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["get_openapi_document"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/redoc": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["show_objects"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/schema/aliases-v1.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["get_document_schema"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/schema/settings-v1.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["get_settings_schema"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/ui": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["show_dashboard"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/ui/{path}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["show_dashboard_page"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/chat/completions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["chat_completions"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/completions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["completions"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/embeddings": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["embeddings"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/images/generations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["images_generations"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/messages": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["messages"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/models": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["list_models"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/models/{model}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["get_model"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/moderations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["moderations"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/notices": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["list_own_notices"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/rerank": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["rerank"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/responses": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["responses"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/version": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["version"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        AccessChange: {
            team_id: string;
            gained: string[];
            lost: string[];
        };
        AccessGroup: components["schemas"]["AccessGroupSummary"] & {
            model_aliases: components["schemas"]["GroupMember"][];
            teams_with_access: string[];
        };
        AccessGroupDeleted: {
            message: string;
            group_name: string;
            deleted: boolean;
            model_aliases: string[];
            teams_affected: number;
            removed_from_teams: string[];
        };
        AccessGroupList: components["schemas"]["PageInfo"] & {
            access_groups: components["schemas"]["AccessGroupSummary"][];
        };
        AccessGroupModels: {
            model_aliases: string[] | null;
        };
        AccessGroupSummary: {
            id: string;
            group_name: string;
            display_name: string;
            description: string;
            active: boolean;
            model_count: number;
            team_count: number;
            managed_by?: string | null;
            version: number;
            created_at: components["schemas"]["Timestamp"];
            updated_at: components["schemas"]["Timestamp"];
        };
        Account: {
            user_id: string;
            email: string;
            display_name: string;
            role: components["schemas"]["Role"];
            organization_id?: string | null;
            active: boolean;
            sign_in: components["schemas"]["SignIn"];
            last_sign_in_at?: components["schemas"]["Timestamp"] | null;
            version: number;
            created_at: components["schemas"]["Timestamp"];
            updated_at: components["schemas"]["Timestamp"];
        };
        AccountDeleted: {
            message: string;
            user_id: string;
            deleted: boolean;
        };
        AccountDraft: {
            email: string;
            display_name?: string | null;
            password: components["schemas"]["Password"];
            role: components["schemas"]["Role"];
            organization_id?: string | null;
        };
        AccountEdit: {
            display_name?: string;
            password?: components["schemas"]["Password"];
            role?: components["schemas"]["Role"];
            organization_id?: string | null;
            active?: boolean;
        };
        AccountList: {
            users: components["schemas"]["Account"][];
        };
        Activity: {
            reason?: string | null;
            effective_at?: string | null;
        };
        AdminToken: {
            token_id: string;
            name: string;
            role: components["schemas"]["Role"];
            organization_id?: string | null;
            token_masked: string;
            expires_at?: components["schemas"]["Timestamp"] | null;
            last_used_at?: components["schemas"]["Timestamp"] | null;
            created_at: components["schemas"]["Timestamp"];
        };
        AdminTokenList: {
            admin_tokens: components["schemas"]["AdminToken"][];
        };
        AdminTokenRevoked: {
            message: string;
            token_id: string;
            revoked: boolean;
        };
        AliasArm: {
            litellm_model: string;
            share: number;
            canary: boolean;
            calls: number;
            running: number;
            errors: number;
            error_rate?: number | null;
            p95_duration_ms?: number | null;
            p95_first_byte_ms?: number | null;
            output_tokens_per_call?: number | null;
            cost_per_call_usd?: number | null;
        };
        AliasArms: {
            alias: string;
            version: number;
            window_seconds: number;
            arms: components["schemas"]["AliasArm"][];
            canary?: string | null;
            guardrails?: components["schemas"]["Guardrails"] | null;
            verdict?: components["schemas"]["VerdictWord"] | null;
            breaks?: components["schemas"]["Measure"] | null;
            detail?: string | null;
            shadow?: components["schemas"]["AliasShadow"] | null;
        };
        AliasCaller: {
            team_id: string;
            organization_id: string;
            last_used_at?: components["schemas"]["Timestamp"] | null;
            last_7_days: components["schemas"]["Spend"];
            last_30_days: components["schemas"]["Spend"];
        };
        AliasCallers: {
            alias: string;
            status: components["schemas"]["AliasStatus"];
            deprecated_at?: components["schemas"]["Timestamp"] | null;
            sunset_at?: components["schemas"]["Timestamp"] | null;
            replacement?: string | null;
            still_calling: number;
            callers: components["schemas"]["AliasCaller"][];
            notification: string;
        };
        AliasDeleted: {
            message: string;
            alias: string;
            deleted: boolean;
            removed_from_access_groups: string[];
            teams_affected: number;
            restorable_until: components["schemas"]["Timestamp"];
        };
        AliasDraft: {
            alias: string;
            litellm_model: string;
            description?: string | null;
            active?: boolean | null;
            display_name?: string | null;
            pricing_input?: number | null;
            pricing_output?: number | null;
            pricing?: {
                basis: string;
                markup_percentage?: number | null;
                prices?: components["schemas"]["PriceListDraft"] | null;
            } | null;
            access_groups?: string[] | null;
            tags?: string[] | null;
            visibility?: components["schemas"]["Visibility"] | null;
            on_disconnect?: components["schemas"]["OnDisconnect"] | null;
            metadata?: Record<string, unknown> | null;
            match?: components["schemas"]["Matching"] | null;
            split?: components["schemas"]["SplitTarget"][] | null;
            sticky?: components["schemas"]["Sticky"] | null;
            fallbacks?: components["schemas"]["Fallback"][] | null;
            overrides?: components["schemas"]["Override"][] | null;
            shadow?: components["schemas"]["Shadow"] | null;
            parameters?: components["schemas"]["ParameterRules"] | null;
            response_model?: components["schemas"]["ResponseModel"] | null;
            deprecation?: components["schemas"]["Deprecation"] | null;
            allow_unknown_provider?: boolean | null;
        };
        AliasEdit: {
            litellm_model?: string;
            description?: string | null;
            active?: boolean;
            display_name?: string | null;
            pricing_input?: number | null;
            pricing_output?: number | null;
            pricing?: Record<string, unknown> | null;
            tags?: string[] | null;
            visibility?: components["schemas"]["Visibility"];
            on_disconnect?: components["schemas"]["OnDisconnect"];
            metadata?: Record<string, unknown> | null;
            match?: components["schemas"]["Matching"];
            split?: components["schemas"]["SplitTarget"][] | null;
            sticky?: components["schemas"]["Sticky"];
            fallbacks?: components["schemas"]["Fallback"][] | null;
            overrides?: components["schemas"]["Override"][] | null;
            shadow?: components["schemas"]["Shadow"] | null;
            parameters?: components["schemas"]["ParameterRules"] | null;
            response_model?: components["schemas"]["ResponseModel"];
            deprecation?: components["schemas"]["Deprecation"] | null;
            allow_unknown_provider?: boolean | null;
        };
        AliasList: components["schemas"]["PageInfo"] & {
            aliases: components["schemas"]["ModelAlias"][];
        };
        AliasSchedule: {
            alias: string;
            scheduled: components["schemas"]["ScheduledChange"][];
        };
        AliasShadow: components["schemas"]["AliasArm"] & {
            skipped: number;
        };
        AliasStatus: "active" | "disabled" | "deprecated" | "sunset";
        AliasTeam: {
            team_id: string;
            via_groups: string[];
        };
        AliasVersion: components["schemas"]["VersionAuthor"] & {
            version: number;
            kind: components["schemas"]["VersionKind"];
            at: components["schemas"]["Timestamp"];
            effective_at: components["schemas"]["Timestamp"];
            alias: string;
            restored_from?: number | null;
            change: Record<string, unknown>;
        };
        AliasVersions: components["schemas"]["PageInfo"] & {
            id: string;
            deleted_at?: components["schemas"]["Timestamp"] | null;
            versions: components["schemas"]["AliasVersion"][];
        };
        AnthropicError: {
            type: string;
            error: {
                type: string;
                message: string;
                code: string;
            };
            request_id: string;
        };
        Apply: {
            document: Record<string, unknown>;
            dry_run?: boolean;
            prune?: boolean;
            take_over?: boolean;
            fingerprint?: string | null;
        };
        AsOf: components["schemas"]["VersionAuthor"] & {
            at: components["schemas"]["Timestamp"];
            kind: components["schemas"]["VersionKind"];
            from: components["schemas"]["Timestamp"];
            until?: components["schemas"]["Timestamp"] | null;
        };
        AtSunset: "block" | "redirect" | "keep";
        AuditList: components["schemas"]["PageInfo"] & {
            records: components["schemas"]["AuditRecord"][];
        };
        AuditRecord: {
            id: string;
            seq: number;
            at: components["schemas"]["Timestamp"];
            action: string;
            outcome: components["schemas"]["Outcome"];
            object: string;
            name: string;
            actor: string;
            actor_id?: string | null;
            actor_name?: string | null;
            source: string;
            address?: string | null;
            request_id?: string | null;
            reason?: string | null;
            diff: Record<string, unknown>;
            revision?: number | null;
            count: number;
            hash: string;
        };
        AutoRefill: {
            refill_amount: number;
            refill_period: components["schemas"]["RefillPeriod"];
            time_zone: string;
            unused: components["schemas"]["Unused"];
            next_refill_at: components["schemas"]["Timestamp"];
            last_refill_at?: components["schemas"]["Timestamp"] | null;
        };
        BackRate: {
            dry_run: boolean;
            events: number;
            cost_usd: number;
            billed_usd: number;
            by_model: components["schemas"]["ValuedModel"][];
            complete: boolean;
            next_from?: components["schemas"]["Timestamp"] | null;
        };
        BackRateDraft: {
            dry_run?: boolean;
            from?: components["schemas"]["Timestamp"] | null;
            to?: components["schemas"]["Timestamp"] | null;
            model?: string | null;
        };
        BalanceObject: components["schemas"]["BillingObject"] & {
            team_id: string;
            credits_allocated: number;
            credits_remaining: number;
            credits_used: number;
            credits_leased: number;
            percentage_used: number;
            status: string;
            auto_refill?: components["schemas"]["AutoRefill"] | null;
        };
        BillingObject: {
            budget_mode: components["schemas"]["BudgetMode"];
            limit_mode: components["schemas"]["LimitMode"];
            credits_per_dollar: number;
            tokens_per_credit: number;
            cost_markup_percentage: number;
        };
        Brownout: {
            starts_at: components["schemas"]["Timestamp"];
            ends_at: components["schemas"]["Timestamp"];
        };
        Budget: {
            budget_id: string;
            scope: components["schemas"]["ScopeDraft"];
            limit_usd: number;
            limit_mode: components["schemas"]["LimitMode"];
            window: components["schemas"]["BudgetWindow"];
            description: string;
            spent_usd: number;
            held_usd: number;
            remaining_usd: number;
            window_starts_at?: components["schemas"]["Timestamp"] | null;
            window_ends_at?: components["schemas"]["Timestamp"] | null;
            version: number;
            created_at: components["schemas"]["Timestamp"];
            updated_at: components["schemas"]["Timestamp"];
        };
        BudgetDeleted: {
            message: string;
            budget_id: string;
            deleted: boolean;
        };
        BudgetDraft: {
            scope: components["schemas"]["ScopeDraft"];
            limit_usd: number;
            limit_mode?: string | null;
            window?: components["schemas"]["WindowDraft"] | null;
            description?: string | null;
        };
        BudgetEdit: {
            limit_usd?: number;
            limit_mode?: string;
            description?: string | null;
        };
        BudgetList: components["schemas"]["PageInfo"] & {
            budgets: components["schemas"]["Budget"][];
        };
        BudgetMode: "job_based" | "consumption_usd" | "consumption_tokens";
        BudgetModeBody: {
            budget_mode?: components["schemas"]["BudgetMode"] | null;
            limit_mode?: components["schemas"]["LimitMode"] | null;
        };
        BudgetWindow: {
            type: "lifetime";
        } | {
            duration: string;
            type: "rolling";
        } | {
            period: components["schemas"]["Period"];
            time_zone: string;
            type: "calendar";
        };
        Bulk: {
            operations: Record<string, unknown>[];
        };
        BulkResult: {
            op: string;
            alias?: components["schemas"]["ModelAlias"] | null;
            deleted?: components["schemas"]["AliasDeleted"] | null;
        };
        BulkResults: {
            results: components["schemas"]["BulkResult"][];
        };
        CallStatus: "complete" | "failed" | "disconnected" | "interrupted";
        CallerObject: components["schemas"]["Lately"] & {
            team_id: string;
        };
        CatalogImport: {
            dry_run: boolean;
            read: number;
            unread: number;
            unread_entries: components["schemas"]["UnreadEntry"][];
            added: number;
            changed: number;
            repriced: number;
            unchanged: number;
            kept: number;
        };
        CatalogModel: {
            model: string;
            provider: string;
            mode?: string | null;
            prices?: components["schemas"]["PriceList"] | null;
            price_id?: number | null;
            max_input_tokens?: number | null;
            max_output_tokens?: number | null;
            capabilities: string[];
            deprecation_date?: string | null;
            source: components["schemas"]["ModelSource"];
            version: number;
            updated_at: components["schemas"]["Timestamp"];
        };
        CatalogModelDetails: components["schemas"]["CatalogModel"] & {
            price_history: components["schemas"]["CatalogPrice"][];
        };
        CatalogModelList: components["schemas"]["PageInfo"] & {
            models: components["schemas"]["CatalogModel"][];
        };
        CatalogPrice: {
            price_id: number;
            prices?: components["schemas"]["PriceList"] | null;
            valid_from: components["schemas"]["Timestamp"];
            source: components["schemas"]["ModelSource"];
        };
        CatalogProviders: {
            providers: components["schemas"]["ProviderSummary"][];
        };
        ChainReport: {
            valid: boolean;
            records: number;
            head?: string | null;
            first_broken?: number | null;
        };
        Check: {
            team_id: string;
            has_sufficient_credits: boolean;
            credits_needed: number;
            credits_remaining: number;
        };
        Condition: "unavailable" | "timeout" | "rate_limited" | "server_error" | "authentication" | "context_length" | "content_filter" | "out_of_budget";
        Costs: {
            total_calls: number;
            successful_calls: number;
            failed_calls: number;
            total_tokens: number;
            total_cost_usd: number;
            avg_latency_ms: number;
            credit_applied: boolean;
            credits_remaining: number;
        };
        CreditTransaction: {
            transaction_id: string;
            type: components["schemas"]["TransactionKind"];
            amount: number;
            description?: string | null;
            job_id?: string | null;
            timestamp: components["schemas"]["Timestamp"];
            balance_after: number;
        };
        CreditTransactionList: components["schemas"]["PageInfo"] & {
            team_id: string;
            transactions: components["schemas"]["CreditTransaction"][];
        };
        CreditsAddedObject: {
            team_id: string;
            credits_added: number;
            credits_remaining: number;
            transaction_id: string;
        };
        Dashboard: {
            today: components["schemas"]["Totals"];
            last_7_days: components["schemas"]["Totals"];
            last_30_days: components["schemas"]["Totals"];
            top_aliases: components["schemas"]["UsageRow"][];
            top_teams: components["schemas"]["UsageRow"][];
            calls_per_day: components["schemas"]["UsageRow"][];
            teams_low_on_credits: components["schemas"]["LowTeam"][];
        };
        Delivery: {
            delivery_id: string;
            event: string;
            subject: string;
            status: components["schemas"]["DeliveryStatus"];
            attempts: number;
            next_attempt_at?: components["schemas"]["Timestamp"] | null;
            last_attempt_at?: components["schemas"]["Timestamp"] | null;
            last_status?: number | null;
            last_latency_ms?: number | null;
            last_error?: string | null;
            created_at: components["schemas"]["Timestamp"];
            finished_at?: components["schemas"]["Timestamp"] | null;
        };
        DeliveryList: components["schemas"]["PageInfo"] & {
            deliveries: components["schemas"]["Delivery"][];
        };
        DeliveryStatus: "pending" | "delivered" | "failed";
        DeniedCalls: {
            alias: string;
            team: string;
            denied_calls: number;
            last_denied_on: string;
        };
        DeniedReport: {
            from: components["schemas"]["Timestamp"];
            to: components["schemas"]["Timestamp"];
            rows: components["schemas"]["DeniedCalls"][];
            has_more: boolean;
        };
        Deprecation: {
            deprecated_at: components["schemas"]["Timestamp"];
            sunset_at?: components["schemas"]["Timestamp"] | null;
            replacement?: string | null;
            message?: string | null;
            at_sunset?: components["schemas"]["AtSunset"];
            brownouts?: components["schemas"]["Brownout"][];
        };
        DeprecationDraft: {
            sunset_at?: components["schemas"]["Timestamp"] | null;
            replacement?: string | null;
            message?: string | null;
            at_sunset?: components["schemas"]["AtSunset"] | null;
            brownouts?: components["schemas"]["Brownout"][] | null;
            reason?: string | null;
            effective_at?: string | null;
        };
        Difference: {
            place: string;
            what: string;
            expected: string;
            found: string;
        };
        DryRun: {
            dry_run: boolean;
            result: Record<string, unknown>;
            impact: components["schemas"]["Impact"];
        };
        ExplainObject: {
            allowed: boolean;
            decision: string;
            status?: number | null;
            message?: string | null;
            team_id?: string | null;
            organization_id?: string | null;
            key_id?: string | null;
            model?: string | null;
            alias?: string | null;
            alias_version?: number | null;
            resolves_to?: string | null;
            split: components["schemas"]["SplitTarget"][];
            fallbacks: components["schemas"]["Fallback"][];
            shadow?: {
                litellm_model: string;
                share: number;
            } | null;
            parameters: components["schemas"]["ParameterRules"];
            via_groups: string[];
            available_models: string[];
            steps: components["schemas"]["StepObject"][];
            revision?: number | null;
            decided_in_ns?: number | null;
            recorded?: components["schemas"]["RecordedObject"] | null;
        };
        Fallback: {
            litellm_model: string;
            on?: components["schemas"]["Condition"][];
        };
        FieldError: {
            field: string;
            pointer: string;
            code: string;
            message: string;
            suggestion?: string | null;
        };
        Figures: {
            calls: number;
            successful: number;
            failed: number;
            input_tokens: number;
            output_tokens: number;
            cached_tokens: number;
            reasoning_tokens: number;
            cost_usd: number;
            billed_usd: number;
            credits: number;
            charged_credits: number;
            house_credits: number;
            unpriced_calls: number;
            estimated_calls: number;
            latency_ms?: components["schemas"]["Percentiles"] | null;
            first_token_ms?: components["schemas"]["Percentiles"] | null;
        };
        FinishDraft: {
            status: string;
            metadata?: Record<string, unknown> | null;
            result?: Record<string, unknown> | null;
            error_message?: string | null;
        };
        Fix: {
            text: string;
            effect?: string | null;
            curl?: string | null;
            cli?: string | null;
            ui_url?: string | null;
        };
        GroupDraft: {
            group_name: string;
            description?: string | null;
            display_name?: string | null;
            model_aliases?: string[] | null;
        };
        GroupEdit: {
            description?: string | null;
            display_name?: string | null;
            active?: boolean;
            model_aliases?: string[];
        };
        GroupMember: {
            alias: string;
            litellm_model: string;
            description: string;
            active: boolean;
        };
        Grouping: "alias" | "access_group" | "team" | "organization" | "provider" | "model" | "key" | "job_type" | "endpoint" | "outcome";
        Guardrails: {
            error_rate?: number | null;
            p95_duration?: number | null;
            p95_first_byte?: number | null;
            output_tokens?: number | null;
            cost?: number | null;
            min_calls: number;
            window_seconds: number;
        };
        Health: {
            status: string;
            service: string;
        };
        Impact: {
            revision: number;
            action?: string | null;
            change: Record<string, unknown>;
            access_groups: string[];
            teams_affected: number;
            keys_affected: number;
            teams: components["schemas"]["TeamTouched"][];
            usage: components["schemas"]["Lately"];
            callers: components["schemas"]["CallerObject"][];
            switch?: components["schemas"]["TargetSwitch"] | null;
            impact_token: string;
        };
        Index: {
            service: string;
            dashboard: string;
            openapi: string;
            health: string;
            model_aliases: string;
            chat: string;
        };
        Instance: {
            instance_id: string;
            beat: number;
            credits_held: number;
        };
        InstanceList: {
            instances: components["schemas"]["Instance"][];
        };
        Interval: "hour" | "day" | "month";
        Job: {
            job_id: string;
            team_id: string;
            job_type: string;
            user_id?: string | null;
            status: components["schemas"]["JobStatus"];
            metadata: Record<string, unknown>;
            error_message?: string | null;
            credit_applied: boolean;
            created_at: components["schemas"]["Timestamp"];
            last_activity_at: components["schemas"]["Timestamp"];
            completed_at?: components["schemas"]["Timestamp"] | null;
        };
        JobAtOnce: {
            job_id: string;
            call_id: string;
            status: components["schemas"]["JobStatus"];
            response: Record<string, unknown>;
            metadata: Record<string, unknown>;
            costs: components["schemas"]["Costs"];
            completed_at?: components["schemas"]["Timestamp"] | null;
        };
        JobCallDraft: {
            model?: string | null;
            model_group?: string | null;
            messages: unknown[];
            purpose?: string | null;
            call_metadata?: Record<string, unknown> | null;
            temperature?: number | null;
            max_tokens?: number | null;
            response_format?: Record<string, unknown> | null;
            tools?: unknown[] | null;
            tool_choice?: unknown;
            top_p?: number | null;
            frequency_penalty?: number | null;
            presence_penalty?: number | null;
            stop?: unknown;
        };
        JobCallObject: {
            call_id: string;
            model: string;
            purpose?: string | null;
            call_metadata: Record<string, unknown>;
            status: components["schemas"]["CallStatus"];
            tokens: number;
            cost_usd?: number | null;
            latency_ms: number;
            error?: string | null;
            created_at: components["schemas"]["Timestamp"];
        };
        JobCostsObject: {
            job_id: string;
            status: components["schemas"]["JobStatus"];
            costs: components["schemas"]["Costs"];
            calls: components["schemas"]["JobCallObject"][];
            final: boolean;
        };
        JobDetails: components["schemas"]["Job"] & {
            costs: components["schemas"]["Costs"];
            final: boolean;
        };
        JobDraft: {
            team_id?: string | null;
            job_type: string;
            user_id?: string | null;
            metadata?: Record<string, unknown> | null;
        };
        JobEnded: components["schemas"]["JobCostsObject"] & {
            completed_at?: components["schemas"]["Timestamp"] | null;
        };
        JobList: components["schemas"]["PageInfo"] & {
            team_id: string;
            jobs: components["schemas"]["Job"][];
        };
        JobStatus: "pending" | "in_progress" | "completed" | "failed" | "expired";
        JobSummary: {
            total_jobs: number;
            successful_jobs: number;
            failed_jobs: number;
            total_calls: number;
            total_cost_usd: number;
            total_billed_usd: number;
            credits_used: number;
            avg_cost_per_job: number;
            total_tokens: number;
            latency_ms?: components["schemas"]["Percentiles"] | null;
            first_token_ms?: components["schemas"]["Percentiles"] | null;
        };
        KeyDraft: {
            name?: string | null;
            expires_at?: components["schemas"]["Timestamp"] | null;
            models?: string[] | null;
            endpoints?: string[] | null;
            networks?: string[] | null;
            upstream_identity?: boolean | null;
            rpm_limit?: number | null;
            tpm_limit?: number | null;
            max_parallel_requests?: number | null;
        };
        KeyEdit: {
            name?: string;
            expires_at?: components["schemas"]["Timestamp"] | null;
            models?: string[] | null;
            endpoints?: string[] | null;
            networks?: string[] | null;
            upstream_identity?: boolean;
            rpm_limit?: number | null;
            tpm_limit?: number | null;
            max_parallel_requests?: number | null;
        };
        KeyList: {
            keys: components["schemas"]["TeamKey"][];
        };
        KeyRevoked: {
            message: string;
            key_id: string;
            revoked: boolean;
        };
        KeyTouched: {
            key_id: string;
            loses: string[];
            gains: string[];
        };
        Lately: {
            last_7_days: {
                calls: number;
                cost_usd: number;
                billed_usd: number;
            } & Record<string, unknown>;
            last_30_days: {
                calls: number;
                cost_usd: number;
                billed_usd: number;
            } & Record<string, unknown>;
        };
        LimitMode: "hard_limit" | "soft_limit" | "unlimited";
        Limits: {
            rpm_limit?: number | null;
            tpm_limit?: number | null;
            max_parallel_requests?: number | null;
        };
        Live: {
            status: string;
        };
        LongInput: {
            above: number;
            input: number;
            output: number;
            cache_read?: number | null;
            cache_write?: number | null;
            cache_write_1h?: number | null;
        };
        LongInputDraft: {
            above: number;
            input: number;
            output: number;
            cache_read?: number | null;
            cache_write?: number | null;
            cache_write_1h?: number | null;
        };
        LowTeam: {
            team_id: string;
            organization_id: string;
            credits_allocated: number;
            credits_remaining: number;
            percentage_used: number;
        };
        MarkupBody: {
            cost_markup_percentage: number;
        };
        Matching: "exact" | "prefix";
        Me: {
            actor: string;
            name?: string | null;
            role: components["schemas"]["Role"];
            organization_id?: string | null;
            user?: components["schemas"]["Account"] | null;
            csrf_token?: string | null;
            mode: string;
        };
        Measure: "error_rate" | "p95_duration" | "p95_first_byte" | "output_tokens" | "cost";
        MembersDraft: {
            model_aliases: string[];
        };
        MetadataDraft: {
            metadata: Record<string, unknown>;
        };
        ModelAlias: {
            id: string;
            alias: string;
            litellm_model: string;
            description: string;
            active: boolean;
            created_at: components["schemas"]["Timestamp"];
            updated_at: components["schemas"]["Timestamp"];
            usage_count: number;
            access_groups: string[];
            teams_with_access: number;
            usage_stats: components["schemas"]["UsageStats"];
            display_name: string;
            provider: string;
            status: components["schemas"]["AliasStatus"];
            version: number;
            pricing_input?: number | null;
            pricing_output?: number | null;
            pricing_source: string;
            pricing: {
                basis: string;
                markup_percentage?: number | null;
                prices?: components["schemas"]["PriceListDraft"] | null;
            } & Record<string, unknown>;
            tags: string[];
            visibility: components["schemas"]["Visibility"];
            on_disconnect: components["schemas"]["OnDisconnect"];
            metadata: Record<string, unknown>;
            match: components["schemas"]["Matching"];
            split: components["schemas"]["SplitTarget"][];
            sticky: components["schemas"]["Sticky"];
            fallbacks: components["schemas"]["Fallback"][];
            overrides: components["schemas"]["Override"][];
            shadow?: {
                litellm_model: string;
                share: number;
            } | null;
            parameters: components["schemas"]["ParameterRules"];
            response_model: components["schemas"]["ResponseModel"];
            deprecated_at?: components["schemas"]["Timestamp"] | null;
            sunset_at?: components["schemas"]["Timestamp"] | null;
            replacement?: string | null;
            deprecation?: {
                deprecated_at: components["schemas"]["Timestamp"];
                sunset_at?: components["schemas"]["Timestamp"] | null;
                replacement?: string | null;
                message?: string | null;
                at_sunset?: components["schemas"]["AtSunset"];
                brownouts?: components["schemas"]["Brownout"][];
            } | null;
            scheduled: components["schemas"]["ScheduledChange"][];
            managed_by?: string | null;
            warnings: components["schemas"]["Warning"][];
        };
        ModelAliasShown: components["schemas"]["ModelAlias"] & {
            as_of?: components["schemas"]["AsOf"];
            teams?: components["schemas"]["AliasTeam"][];
            history?: components["schemas"]["AliasVersion"][];
        };
        ModelEdit: {
            prices?: Record<string, unknown> | null;
            max_input_tokens?: number | null;
            max_output_tokens?: number | null;
        };
        ModelMap: {
            models: Record<string, unknown>;
            dry_run?: boolean;
        };
        ModelSource: "builtin" | "litellm" | "manual";
        ModelsAdded: components["schemas"]["AccessGroup"] & {
            added: string[];
            already_present: string[];
        };
        ModelsRemoved: components["schemas"]["AccessGroup"] & {
            removed: string[];
            not_present: string[];
        };
        NamedScope: {
            models?: string[] | null;
            endpoints?: string[] | null;
            networks?: string[] | null;
            upstream_identity: boolean;
        };
        NewAccessGroup: components["schemas"]["AccessGroupSummary"] & {
            model_aliases: string[];
            teams_with_access: string[];
        };
        NewAdminToken: components["schemas"]["AdminToken"] & {
            admin_token?: string | null;
        };
        NewOrganizationObject: components["schemas"]["Organization"] & {
            default_team?: components["schemas"]["Team"] | null;
        };
        NewTeamKey: components["schemas"]["TeamKey"] & {
            team_id: string;
            virtual_key?: string | null;
        };
        NewWebhook: components["schemas"]["Webhook"] & {
            secret?: string | null;
        };
        Notice: {
            notice_id: string;
            kind: components["schemas"]["NoticeKind"];
            alias?: string | null;
            title: string;
            text: string;
            audience: string;
            team_ids: string[];
            organization_ids: string[];
            expires_at?: components["schemas"]["Timestamp"] | null;
            created_by: string;
            version: number;
            created_at: components["schemas"]["Timestamp"];
            updated_at: components["schemas"]["Timestamp"];
        };
        NoticeDeleted: {
            message: string;
            notice_id: string;
            deleted: boolean;
        };
        NoticeDraft: {
            kind?: components["schemas"]["NoticeKind"] | null;
            alias?: string | null;
            title?: string | null;
            text?: string | null;
            audience?: string | null;
            team_ids?: string[] | null;
            organization_ids?: string[] | null;
            name_models?: boolean | null;
            expires_at?: components["schemas"]["Timestamp"] | null;
        };
        NoticeEdit: {
            title?: string;
            text?: string;
            audience?: string;
            team_ids?: string[] | null;
            organization_ids?: string[] | null;
            expires_at?: components["schemas"]["Timestamp"] | null;
        };
        NoticeKind: "general" | "new_model" | "switch" | "deprecation";
        NoticeList: components["schemas"]["PageInfo"] & {
            notices: components["schemas"]["Notice"][];
        };
        NoticeObject: components["schemas"]["Notice"] & {
            teams_reached: number;
        };
        NoticePreview: {
            dry_run: boolean;
            kind: components["schemas"]["NoticeKind"];
            alias?: string | null;
            title: string;
            text: string;
            audience: string;
            expires_at?: components["schemas"]["Timestamp"] | null;
            teams_reached: number;
        };
        OnDisconnect: "cancel" | "drain";
        OpenAiError: {
            error: {
                message: string;
                type: string;
                param: string | null;
                code: string;
                request_id: string;
                allowed?: string[];
                available_models?: string[];
                brownout_ends_at?: string;
                column?: number;
                line?: number;
                replacement?: string | null;
                sunset_at?: string | null;
            };
        };
        Operation: "create" | "update" | "delete" | "adopt";
        Organization: components["schemas"]["OrganizationSummary"] & {
            teams: components["schemas"]["OrganizationTeam"][];
            usage_summary: components["schemas"]["UsageSummary"];
            usage_stats: components["schemas"]["UsageStats"];
        };
        OrganizationCosts: {
            organization_id: string;
            start_date: string;
            end_date: string;
            total_cost_usd: number;
            total_billed_usd: number;
            margin_usd: number;
            credits_used: number;
            by_day: components["schemas"]["UsageRow"][];
            by_team: components["schemas"]["UsageRow"][];
            by_alias: components["schemas"]["UsageRow"][];
        };
        OrganizationDeleted: {
            message: string;
            organization_id: string;
            deleted: boolean;
            teams_deleted: string[];
        };
        OrganizationDraft: {
            organization_id: string;
            name: string;
            metadata?: Record<string, unknown> | null;
            create_default_team?: boolean | null;
        };
        OrganizationEdit: {
            name?: string;
            metadata?: Record<string, unknown> | null;
        };
        OrganizationList: components["schemas"]["PageInfo"] & {
            organizations: components["schemas"]["OrganizationSummary"][];
        };
        OrganizationSummary: {
            organization_id: string;
            name: string;
            team_count: number;
            total_credits_allocated: number;
            status: components["schemas"]["Standing"];
            status_reason?: string | null;
            pause_until?: components["schemas"]["Timestamp"] | null;
            metadata: Record<string, unknown>;
            managed_by?: string | null;
            version: number;
            created_at: components["schemas"]["Timestamp"];
            updated_at: components["schemas"]["Timestamp"];
        };
        OrganizationTeam: {
            team_id: string;
            team_alias: string;
            credits_allocated: number;
            credits_remaining: number;
            status: components["schemas"]["Standing"];
        };
        OrganizationTeams: {
            organization_id: string;
            team_count: number;
            teams: components["schemas"]["OrganizationTeam"][];
        };
        OrganizationUsage: {
            organization_id: string;
            period: string;
            summary: components["schemas"]["JobSummary"];
            by_team: Record<string, unknown>;
            by_job_type: Record<string, unknown>;
            by_alias: Record<string, unknown>;
        };
        Outcome: "done" | "refused";
        Override: {
            team_id?: string | null;
            organization_id?: string | null;
            litellm_model: string;
        };
        PageInfo: {
            total: number;
            has_more: boolean;
            next_cursor?: string | null;
        };
        ParameterRule: {
            default?: unknown;
            override?: unknown;
            min?: number | null;
            max?: number | null;
            forbid?: boolean;
        };
        ParameterRules: {
            [key: string]: components["schemas"]["ParameterRule"];
        };
        PartSummary: {
            jobs: number;
            count: number;
            calls: number;
            cost_usd: number;
            billed_usd: number;
            credits_used: number;
            tokens: number;
        };
        Password: string;
        PasswordDraft: {
            current_password: components["schemas"]["Password"] | null;
            password: components["schemas"]["Password"] | null;
        };
        Percentiles: {
            p50: number;
            p95: number;
            p99: number;
            calls: number;
        };
        Period: "day" | "week" | "month" | "year";
        Plan: {
            applied: boolean;
            fingerprint: string;
            summary: components["schemas"]["PlanSummary"];
            changes: components["schemas"]["PlannedChange"][];
            access: components["schemas"]["AccessChange"][];
            notes: components["schemas"]["FieldError"][];
        };
        PlanRequest: {
            document: Record<string, unknown>;
            prune?: boolean;
            take_over?: boolean;
        };
        PlanSummary: {
            create: number;
            update: number;
            delete: number;
            adopt: number;
            unchanged: number;
        };
        PlannedChange: {
            operation: components["schemas"]["Operation"];
            kind: string;
            name: string;
            fields: Record<string, unknown>;
            teams: number;
            calls_7_days?: number | null;
            prices?: {
                from?: {
                    input: number;
                    output: number;
                } | null;
                to?: {
                    input: number;
                    output: number;
                } | null;
            } | null;
        };
        PriceList: {
            input: number;
            output: number;
            cache_read?: number | null;
            cache_write?: number | null;
            cache_write_1h?: number | null;
            reasoning?: number | null;
            audio_input?: number | null;
            audio_output?: number | null;
            image?: number | null;
            request?: number | null;
            long?: components["schemas"]["LongInput"] | null;
        };
        PriceListDraft: {
            input?: number | null;
            output?: number | null;
            cache_read?: number | null;
            cache_write?: number | null;
            cache_write_1h?: number | null;
            reasoning?: number | null;
            audio_input?: number | null;
            audio_output?: number | null;
            image?: number | null;
            request?: number | null;
            long?: components["schemas"]["LongInputDraft"] | null;
        };
        Problem: {
            type: string;
            title: string;
            status: number;
            code: string;
            detail: string;
            instance: string;
            request_id: string;
            error?: string;
            message?: string;
            allowed?: string[];
            available_models?: string[];
            brownout_ends_at?: string;
            column?: number;
            current_etag?: string;
            errors?: components["schemas"]["FieldError"][];
            existing?: string;
            job_id?: string;
            job_status?: string;
            line?: number;
            operation?: number;
            plan?: components["schemas"]["Plan"];
            replacement?: string | null;
            restorable_until?: string;
            suggestions?: string[];
            sunset_at?: string | null;
            unknown?: string[];
        };
        ProviderSummary: {
            provider: string;
            models: number;
            priced: number;
            aliases: number;
        };
        RatesBody: {
            credits_per_dollar?: number | null;
            tokens_per_credit?: number | null;
        };
        Readiness: {
            status: string;
            storage: string;
            revision: number;
        };
        Reason: {
            reason?: string | null;
        };
        RecordedObject: {
            request_id: string;
            at: components["schemas"]["Timestamp"];
            place: string;
            outcome: string;
            status: number;
            error_code?: string | null;
            call_id?: string | null;
            duration_ms?: number | null;
        };
        RefillDraft: {
            enabled?: boolean | null;
            refill_amount?: number | null;
            refill_period?: components["schemas"]["RefillPeriod"] | null;
            time_zone?: string | null;
            unused?: components["schemas"]["Unused"] | null;
        };
        RefillPeriod: "daily" | "weekly" | "monthly";
        RenamingDraft: {
            new_alias: string;
            keep_old_as_redirect?: boolean | null;
            sunset_at?: components["schemas"]["Timestamp"] | null;
            reason?: string | null;
        };
        Replica: {
            replica_id: string;
            address: string;
            version: string;
            revision: number;
            lag: number;
            status: components["schemas"]["ReplicaStatus"];
            started_at: components["schemas"]["Timestamp"];
            silent_ms: number;
        };
        ReplicaList: {
            revision: number;
            replicas: components["schemas"]["Replica"][];
        };
        ReplicaStatus: "current" | "behind" | "silent";
        ResponseModel: "alias" | "upstream";
        Role: "owner" | "admin" | "org-admin" | "team-admin" | "billing" | "viewer";
        Rollback: {
            version: number | null;
            reason?: string | null;
        };
        RotateDraft: {
            grace_seconds?: number | null;
        };
        RotatedKey: components["schemas"]["NewTeamKey"] & {
            old_key_id: string;
            old_key_ends_at: components["schemas"]["Timestamp"];
        };
        Running: {
            service: string;
            version: string;
        };
        ScheduledChange: components["schemas"]["VersionAuthor"] & {
            id: string;
            action: string;
            change?: Record<string, unknown> | null;
            effective_at: components["schemas"]["Timestamp"];
            created_at: components["schemas"]["Timestamp"];
        };
        ScopeDraft: {
            organization_id?: string | null;
            team_id?: string | null;
            key_id?: string | null;
            alias?: string | null;
            tag?: string | null;
        };
        SetupDraft: {
            setup_token: string | null;
            email: string;
            password: components["schemas"]["Password"];
            display_name?: string | null;
        };
        SetupStatus: {
            setup_needed: boolean;
            single_sign_on: boolean;
        };
        Shadow: {
            litellm_model: string;
            share: number;
        };
        SignIn: "password" | "open_id";
        SignInDraft: {
            email: string | null;
            password: components["schemas"]["Password"] | null;
        };
        SignedIn: {
            user: components["schemas"]["Account"];
            csrf_token: string;
            expires_at: components["schemas"]["Timestamp"];
        };
        Spend: {
            calls: number;
            cost_usd: number;
            billed_usd: number;
        };
        SplitTarget: {
            litellm_model: string;
            share: number;
            guardrails?: components["schemas"]["Guardrails"] | null;
        };
        Standing: "active" | "paused" | "suspended";
        StatusDraft: {
            status?: components["schemas"]["Standing"] | null;
            reason?: string | null;
            pause_until?: components["schemas"]["Timestamp"] | null;
        };
        StepObject: {
            check: string;
            ok: boolean;
            detail: string;
            fix?: components["schemas"]["Fix"] | null;
            alternatives: components["schemas"]["Fix"][];
        };
        Sticky: "key" | "user";
        TargetSwitch: {
            from: string;
            to: string;
            cost_usd: number;
            repriced_cost_usd?: number | null;
            difference_usd?: number | null;
            calls: number;
            uncounted_calls: number;
            calls_too_long: number;
            capabilities?: {
                lost: string[];
                gained: string[];
            } | null;
            max_input_tokens: {
                from?: number | null;
                to?: number | null;
            } & Record<string, unknown>;
            max_output_tokens: {
                from?: number | null;
                to?: number | null;
            } & Record<string, unknown>;
            warnings: components["schemas"]["Warning"][];
        };
        Team: components["schemas"]["TeamSummary"] & {
            allowed_model_aliases: string[];
            virtual_key?: string | null;
            key_id?: string | null;
            virtual_key_masked?: string | null;
            usage_summary: components["schemas"]["UsageSummary"];
            usage_stats: components["schemas"]["UsageStats"];
        };
        TeamAccessGroups: {
            access_groups: string[] | null;
        };
        TeamAutoRefill: {
            team_id: string;
            enabled: boolean;
            refill_amount?: number | null;
            refill_period?: components["schemas"]["RefillPeriod"] | null;
            time_zone?: string | null;
            unused?: components["schemas"]["Unused"] | null;
            next_refill_at?: components["schemas"]["Timestamp"] | null;
            last_refill_at?: components["schemas"]["Timestamp"] | null;
        };
        TeamDeleted: {
            message: string;
            team_id: string;
            organization_id: string;
            deleted: boolean;
            keys_revoked: number;
        };
        TeamDraft: {
            organization_id: string;
            team_id: string;
            team_alias?: string | null;
            access_groups?: string[] | null;
            default_model?: string | null;
            credits_allocated?: number | null;
            rpm_limit?: number | null;
            tpm_limit?: number | null;
            max_parallel_requests?: number | null;
            budget_mode?: components["schemas"]["BudgetMode"] | null;
            limit_mode?: components["schemas"]["LimitMode"] | null;
            credits_per_dollar?: number | null;
            tokens_per_credit?: number | null;
            cost_markup_percentage?: number | null;
            metadata?: Record<string, unknown> | null;
        };
        TeamEdit: {
            team_alias?: string;
            access_groups?: string[];
            default_model?: string | null;
            rpm_limit?: number | null;
            tpm_limit?: number | null;
            max_parallel_requests?: number | null;
            budget_mode?: components["schemas"]["BudgetMode"];
            limit_mode?: components["schemas"]["LimitMode"];
            credits_per_dollar?: number;
            tokens_per_credit?: number;
            cost_markup_percentage?: number;
            metadata?: Record<string, unknown> | null;
        };
        TeamKey: components["schemas"]["NamedScope"] & components["schemas"]["Limits"] & {
            key_id: string;
            name: string;
            virtual_key_masked: string;
            expires_at?: components["schemas"]["Timestamp"] | null;
            last_used_at?: components["schemas"]["Timestamp"] | null;
            created_at: components["schemas"]["Timestamp"];
        };
        TeamList: components["schemas"]["PageInfo"] & {
            teams: components["schemas"]["TeamSummary"][];
        };
        TeamModel: {
            alias: string;
            litellm_model: string;
            description: string;
            via_groups: string[];
        };
        TeamModels: {
            team_id: string;
            status: components["schemas"]["Standing"];
            models: components["schemas"]["TeamModel"][];
        };
        TeamNotice: {
            notice_id: string;
            kind: components["schemas"]["NoticeKind"];
            alias?: string | null;
            title: string;
            text: string;
            expires_at?: components["schemas"]["Timestamp"] | null;
            created_at: components["schemas"]["Timestamp"];
            updated_at: components["schemas"]["Timestamp"];
        };
        TeamNoticeList: components["schemas"]["PageInfo"] & {
            notices: components["schemas"]["TeamNotice"][];
        };
        TeamShown: components["schemas"]["Team"] & {
            models?: components["schemas"]["TeamModel"][];
        };
        TeamSummary: components["schemas"]["Limits"] & components["schemas"]["BillingObject"] & {
            organization_id: string;
            team_id: string;
            team_alias: string;
            access_groups: string[];
            default_model?: string | null;
            credits_allocated: number;
            credits_remaining: number;
            credits_used: number;
            status: components["schemas"]["Standing"];
            status_reason?: string | null;
            pause_until?: components["schemas"]["Timestamp"] | null;
            metadata: Record<string, unknown>;
            managed_by?: string | null;
            version: number;
            created_at: components["schemas"]["Timestamp"];
            updated_at: components["schemas"]["Timestamp"];
        };
        TeamTouched: components["schemas"]["Lately"] & {
            team_id: string;
            organization_id?: string | null;
            status: components["schemas"]["Standing"];
            loses: string[];
            gains: string[];
            equivalents: string[];
            loses_default: boolean;
            keys_affected: number;
            keys: components["schemas"]["KeyTouched"][];
        };
        TeamTransfer: {
            credits: number;
            reason?: string | null;
        };
        TeamUsage: {
            team_id: string;
            period: string;
            summary: components["schemas"]["JobSummary"];
            by_job_type: Record<string, unknown>;
            by_alias: Record<string, unknown>;
        };
        TestError: {
            code: string;
            message: string;
            hint: string;
        };
        TestObject: {
            ok: boolean;
            alias: string;
            litellm_model: string;
            latency_ms: number;
            first_token_ms?: number | null;
            usage?: components["schemas"]["TestUsage"] | null;
            cost_usd?: number | null;
            reply?: string | null;
            error?: components["schemas"]["TestError"] | null;
            call_id?: string | null;
        };
        TestUsage: {
            prompt_tokens: number;
            completion_tokens: number;
            total_tokens: number;
        };
        Timestamp: string;
        TokenDraft: {
            name: string;
            role: components["schemas"]["Role"];
            organization_id?: string | null;
            expires_at?: components["schemas"]["Timestamp"] | null;
        };
        Totals: {
            calls: number;
            errors: number;
            tokens: number;
            cost_usd: number;
            billed_usd: number;
            credits_used: number;
            unpriced_calls: number;
        };
        TransactionKind: "allocation" | "addition" | "deduction" | "job" | "refund" | "adjustment" | "expiry" | "refill" | "spending";
        TransferDraft: {
            team_id: string;
            amount: number;
            type?: components["schemas"]["TransactionKind"] | null;
            description?: string | null;
        };
        TrialDraft: {
            prompt?: string | null;
            litellm_model?: string | null;
        };
        UnreadEntry: {
            key: string;
            why: string;
        };
        Unscheduled: {
            message: string;
            cancelled: boolean;
            scheduled: (components["schemas"]["VersionAuthor"] & {
                id: string;
                action: string;
                change?: Record<string, unknown> | null;
                effective_at: components["schemas"]["Timestamp"];
                created_at: components["schemas"]["Timestamp"];
            }) & Record<string, unknown>;
        };
        Unused: "keep" | "expire";
        Upstream: {
            url: string;
            mock: boolean;
            state: components["schemas"]["UpstreamState"];
            detail: string;
            setting?: string | null;
            fix?: string | null;
            models: string[];
            total_models: number;
        };
        UpstreamState: "answers" | "unreachable" | "key_refused" | "unexpected";
        UsageReport: components["schemas"]["PageInfo"] & {
            from: components["schemas"]["Timestamp"];
            to: components["schemas"]["Timestamp"];
            interval?: components["schemas"]["Interval"] | null;
            group_by?: components["schemas"]["Grouping"] | null;
            rows: components["schemas"]["UsageRow"][];
        };
        UsageRow: components["schemas"]["Figures"] & {
            period?: string | null;
            group?: string | null;
            group_id?: string | null;
        };
        UsageStats: {
            total_calls: number;
            total_cost_usd: number;
            avg_tokens_per_call: number;
            failed_calls: number;
            denied_calls: number;
            total_billed_usd: number;
            unpriced_calls: number;
            last_used_at?: components["schemas"]["Timestamp"] | null;
        };
        UsageSummary: {
            total_jobs: number;
            total_cost_usd: number;
            credits_used: number;
        };
        Validation: {
            valid: boolean;
            errors: components["schemas"]["FieldError"][];
            warnings: components["schemas"]["Warning"][];
        };
        ValuedModel: {
            model: string;
            price_id: number;
            events: number;
            cost_usd: number;
            billed_usd: number;
        };
        VerdictWord: "too_few_calls" | "within" | "broken";
        Verification: {
            clean: boolean;
            complete: boolean;
            events: number;
            unpinned: number;
            rollups: number;
            instances: number;
            accounts: number;
            leases: number;
            transactions: number;
            found: number;
            differences: components["schemas"]["Difference"][];
        };
        VersionAuthor: {
            actor: string;
            actor_id?: string | null;
            actor_name?: string | null;
            reason?: string | null;
            request_id?: string | null;
        };
        VersionKind: "create" | "update" | "rollback" | "delete" | "restore";
        Visibility: "listed" | "hidden";
        Warning: {
            code: string;
            message: string;
        };
        Webhook: {
            webhook_id: string;
            team_id?: string | null;
            webhook_url: string;
            events: string[];
            description: string;
            active: boolean;
            disabled_reason?: string | null;
            old_secret_ends_at?: components["schemas"]["Timestamp"] | null;
            version: number;
            created_at: components["schemas"]["Timestamp"];
            updated_at: components["schemas"]["Timestamp"];
        };
        WebhookDeleted: {
            message: string;
            webhook_id: string;
            deleted: boolean;
        };
        WebhookDraft: {
            team_id?: string | null;
            webhook_url: string;
            events: string[];
            description?: string | null;
        };
        WebhookEdit: {
            webhook_url?: string;
            events?: string[];
            description?: string | null;
            active?: boolean;
        };
        WebhookList: components["schemas"]["PageInfo"] & {
            webhooks: components["schemas"]["Webhook"][];
        };
        WebhookTested: {
            delivery_id: string;
            status: components["schemas"]["DeliveryStatus"];
            response_status?: number | null;
            latency_ms: number;
            error?: string | null;
        };
        WindowDraft: {
            type: string;
            duration?: string | null;
            period?: string | null;
            time_zone?: string | null;
        };
    };
    responses: {
        AnthropicError: {
            headers: {
                "Retry-After"?: string;
                "WWW-Authenticate"?: string;
                "x-request-id"?: string;
                "x-should-retry"?: string;
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["AnthropicError"];
            };
        };
        OpenAiError: {
            headers: {
                "Retry-After"?: string;
                "WWW-Authenticate"?: string;
                "x-request-id"?: string;
                "x-should-retry"?: string;
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["OpenAiError"];
            };
        };
        Problem: {
            headers: {
                "Retry-After"?: string;
                "WWW-Authenticate"?: string;
                "x-request-id"?: string;
                "x-should-retry"?: string;
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
    };
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    index: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Index"];
                };
            };
        };
    };
    list_admin_tokens: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AdminTokenList"];
                };
            };
        };
    };
    create_admin_token: {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
                "x-alias-reason"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["TokenDraft"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NewAdminToken"];
                };
            };
        };
    };
    revoke_admin_token: {
        parameters: {
            query?: never;
            header?: {
                Prefer?: string;
                "x-alias-reason"?: string;
            };
            path: {
                token: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AdminTokenRevoked"];
                };
            };
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    list_users: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AccountList"];
                };
            };
        };
    };
    create_user: {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
                "x-alias-reason"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AccountDraft"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Account"];
                };
            };
        };
    };
    sign_in: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SignInDraft"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SignedIn"];
                };
            };
        };
    };
    sign_out: {
        parameters: {
            query?: never;
            header?: {
                "x-alias-reason"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    who_am_i: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Me"];
                };
            };
        };
    };
    end_single_sign_on: {
        parameters: {
            query?: {
                state?: string;
                code?: string;
                error?: string;
                iss?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/html": unknown;
                };
            };
        };
    };
    begin_single_sign_on: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: never;
    };
    change_password: {
        parameters: {
            query?: never;
            header?: {
                "x-alias-reason"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PasswordDraft"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SignedIn"];
                };
            };
        };
    };
    set_up: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SetupDraft"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SignedIn"];
                };
            };
        };
    };
    get_setup_status: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SetupStatus"];
                };
            };
        };
    };
    get_user: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                user: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Account"];
                };
            };
        };
    };
    update_user: {
        parameters: {
            query?: never;
            header?: {
                "If-Match"?: string;
                "x-alias-reason"?: string;
            };
            path: {
                user: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AccountEdit"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Account"];
                };
            };
        };
    };
    delete_user: {
        parameters: {
            query?: never;
            header?: {
                "If-Match"?: string;
                Prefer?: string;
                "x-alias-reason"?: string;
            };
            path: {
                user: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AccountDeleted"];
                };
            };
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    update_user_by_patch: {
        parameters: {
            query?: never;
            header?: {
                "If-Match"?: string;
                "x-alias-reason"?: string;
            };
            path: {
                user: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AccountEdit"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Account"];
                };
            };
        };
    };
    apply_document: {
        parameters: {
            query?: {
                wait?: "replicas";
            };
            header?: {
                "Idempotency-Key"?: string;
                "x-alias-reason"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Apply"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Plan"];
                };
            };
        };
    };
    list_audit_log: {
        parameters: {
            query?: {
                actor?: string;
                action?: string;
                target?: string;
                outcome?: string;
                from?: string;
                to?: string;
                limit?: number;
                cursor?: string;
                offset?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AuditList"];
                };
            };
        };
    };
    verify_audit_log: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ChainReport"];
                };
            };
        };
    };
    list_budgets: {
        parameters: {
            query?: {
                organization_id?: string;
                team_id?: string;
                key_id?: string;
                alias?: string;
                tag?: string;
                limit?: number;
                cursor?: string;
                offset?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BudgetList"];
                };
            };
        };
    };
    create_budget: {
        parameters: {
            query?: {
                wait?: "replicas";
            };
            header?: {
                "Idempotency-Key"?: string;
                "x-alias-reason"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["BudgetDraft"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Budget"];
                };
            };
        };
    };
    get_budget: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                budget: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Budget"];
                };
            };
        };
    };
    update_budget: {
        parameters: {
            query?: {
                wait?: "replicas";
            };
            header?: {
                "If-Match"?: string;
                "x-alias-reason"?: string;
            };
            path: {
                budget: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["BudgetEdit"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Budget"];
                };
            };
        };
    };
    delete_budget: {
        parameters: {
            query?: {
                wait?: "replicas";
            };
            header?: {
                "If-Match"?: string;
                Prefer?: string;
                "x-alias-reason"?: string;
            };
            path: {
                budget: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BudgetDeleted"];
                };
            };
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    update_budget_by_patch: {
        parameters: {
            query?: {
                wait?: "replicas";
            };
            header?: {
                "If-Match"?: string;
                "x-alias-reason"?: string;
            };
            path: {
                budget: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["BudgetEdit"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Budget"];
                };
            };
        };
    };
    back_rate_usage: {
        parameters: {
            query?: {
                wait?: "replicas";
            };
            header?: {
                "x-alias-reason"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["BackRateDraft"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BackRate"];
                };
            };
        };
    };
    import_catalog_models: {
        parameters: {
            query?: {
                wait?: "replicas";
            };
            header?: {
                "x-alias-reason"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ModelMap"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CatalogImport"];
                };
            };
        };
    };
    list_catalog_models: {
        parameters: {
            query?: {
                provider?: string;
                mode?: string;
                q?: string;
                limit?: number;
                cursor?: string;
                offset?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CatalogModelList"];
                };
            };
        };
    };
    get_catalog_model: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                model: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CatalogModelDetails"];
                };
            };
        };
    };
    set_catalog_model: {
        parameters: {
            query?: {
                wait?: "replicas";
            };
            header?: {
                "If-Match"?: string;
                "x-alias-reason"?: string;
            };
            path: {
                model: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ModelEdit"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CatalogModelDetails"];
                };
            };
        };
    };
    set_catalog_model_by_patch: {
        parameters: {
            query?: {
                wait?: "replicas";
            };
            header?: {
                "If-Match"?: string;
                "x-alias-reason"?: string;
            };
            path: {
                model: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ModelEdit"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CatalogModelDetails"];
                };
            };
        };
    };
    list_catalog_providers: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CatalogProviders"];
                };
            };
        };
    };
    add_credits: {
        parameters: {
            query?: {
                wait?: "replicas";
            };
            header?: {
                "Idempotency-Key"?: string;
                "x-alias-reason"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["TransferDraft"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CreditsAddedObject"];
                };
            };
        };
    };
    get_credit_balance: {
        parameters: {
            query: {
                team_id: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BalanceObject"];
                };
            };
        };
    };
    add_team_credits: {
        parameters: {
            query?: {
                wait?: "replicas";
            };
            header?: {
                "Idempotency-Key"?: string;
                "x-alias-reason"?: string;
            };
            path: {
                team: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["TeamTransfer"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CreditsAddedObject"];
                };
            };
        };
    };
    get_team_credit_balance: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                team: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BalanceObject"];
                };
            };
        };
    };
    set_team_budget_mode: {
        parameters: {
            query?: {
                wait?: "replicas";
            };
            header?: {
                "If-Match"?: string;
                "x-alias-reason"?: string;
            };
            path: {
                team: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["BudgetModeBody"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Team"];
                };
            };
        };
    };
    set_team_budget_mode_by_patch: {
        parameters: {
            query?: {
                wait?: "replicas";
            };
            header?: {
                "If-Match"?: string;
                "x-alias-reason"?: string;
            };
            path: {
                team: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["BudgetModeBody"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Team"];
                };
            };
        };
    };
    check_team_credits: {
        parameters: {
            query?: {
                credits_needed?: number;
                wait?: "replicas";
            };
            header?: {
                "x-alias-reason"?: string;
            };
            path: {
                team: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Check"];
                };
            };
        };
    };
    get_team_auto_refill: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                team: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TeamAutoRefill"];
                };
            };
        };
    };
    configure_team_auto_refill: {
        parameters: {
            query?: {
                wait?: "replicas";
            };
            header?: {
                "x-alias-reason"?: string;
            };
            path: {
                team: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RefillDraft"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TeamAutoRefill"];
                };
            };
        };
    };
    end_team_auto_refill: {
        parameters: {
            query?: {
                wait?: "replicas";
            };
            header?: {
                Prefer?: string;
                "x-alias-reason"?: string;
            };
            path: {
                team: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TeamAutoRefill"];
                };
            };
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    get_team_conversion_rates: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                team: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BillingObject"];
                };
            };
        };
    };
    set_team_conversion_rates: {
        parameters: {
            query?: {
                wait?: "replicas";
            };
            header?: {
                "If-Match"?: string;
                "x-alias-reason"?: string;
            };
            path: {
                team: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RatesBody"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Team"];
                };
            };
        };
    };
    set_team_conversion_rates_by_patch: {
        parameters: {
            query?: {
                wait?: "replicas";
            };
            header?: {
                "If-Match"?: string;
                "x-alias-reason"?: string;
            };
            path: {
                team: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RatesBody"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Team"];
                };
            };
        };
    };
    replenish_team_credits: {
        parameters: {
            query?: {
                wait?: "replicas";
            };
            header?: {
                "Idempotency-Key"?: string;
                "x-alias-reason"?: string;
            };
            path: {
                team: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["TeamTransfer"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CreditsAddedObject"];
                };
            };
        };
    };
    list_team_credit_transactions: {
        parameters: {
            query?: {
                team_id?: string;
                limit?: number;
                cursor?: string;
                offset?: number;
            };
            header?: never;
            path: {
                team: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CreditTransactionList"];
                };
            };
        };
    };
    list_credit_transactions: {
        parameters: {
            query?: {
                team_id?: string;
                limit?: number;
                cursor?: string;
                offset?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CreditTransactionList"];
                };
            };
        };
    };
    explain: {
        parameters: {
            query?: {
                team?: string;
                key?: string;
                model?: string;
                endpoint?: string;
                address?: string;
                request_id?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ExplainObject"];
                };
            };
        };
    };
    export_document: {
        parameters: {
            query?: {
                managed_by?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, unknown>;
                };
            };
        };
    };
    list_instances: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["InstanceList"];
                };
            };
        };
    };
    retire_instance: {
        parameters: {
            query?: {
                wait?: "replicas";
            };
            header?: {
                "x-alias-reason"?: string;
            };
            path: {
                instance: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    list_jobs: {
        parameters: {
            query?: {
                status?: components["schemas"]["JobStatus"];
                job_type?: string;
                limit?: number;
                cursor?: string;
                offset?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["JobList"];
                };
            };
        };
    };
    create_job: {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["JobDraft"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Job"];
                };
            };
        };
    };
    create_job_and_call: {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": Record<string, unknown>;
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["JobAtOnce"];
                };
            };
        };
    };
    create_job_and_stream_call: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": Record<string, unknown>;
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": string;
                };
            };
        };
    };
    get_job: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                job: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["JobDetails"];
                };
            };
        };
    };
    complete_job: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                job: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["FinishDraft"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["JobEnded"];
                };
            };
        };
    };
    get_job_costs: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                job: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["JobCostsObject"];
                };
            };
        };
    };
    call_in_job: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                job: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["JobCallDraft"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, unknown>;
                };
            };
        };
    };
    stream_call_in_job: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                job: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["JobCallDraft"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": string;
                };
            };
        };
    };
    add_job_metadata: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                job: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["MetadataDraft"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Job"];
                };
            };
        };
    };
    list_access_groups: {
        parameters: {
            query?: {
                q?: string;
                sort?: string;
                sort_by?: string;
                order?: string;
                limit?: number;
                cursor?: string;
                offset?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AccessGroupList"];
                };
            };
        };
    };
    create_access_group: {
        parameters: {
            query?: {
                dry_run?: boolean;
                impact_token?: string;
                wait?: "replicas";
            };
            header?: {
                "Idempotency-Key"?: string;
                "x-alias-reason"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["GroupDraft"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NewAccessGroup"];
                };
            };
        };
    };
    create_access_group_by_post: {
        parameters: {
            query?: {
                dry_run?: boolean;
                impact_token?: string;
                wait?: "replicas";
            };
            header?: {
                "Idempotency-Key"?: string;
                "x-alias-reason"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["GroupDraft"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NewAccessGroup"];
                };
            };
        };
    };
    get_access_group: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                group: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AccessGroup"];
                };
            };
        };
    };
    update_access_group: {
        parameters: {
            query?: {
                dry_run?: boolean;
                impact_token?: string;
                wait?: "replicas";
            };
            header?: {
                "If-Match"?: string;
                "x-alias-reason"?: string;
            };
            path: {
                group: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["GroupEdit"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AccessGroup"];
                };
            };
        };
    };
    delete_access_group: {
        parameters: {
            query?: {
                if_unused?: boolean;
                dry_run?: boolean;
                impact_token?: string;
                wait?: "replicas";
            };
            header?: {
                "If-Match"?: string;
                Prefer?: string;
                "x-alias-reason"?: string;
            };
            path: {
                group: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AccessGroupDeleted"];
                };
            };
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    update_access_group_by_patch: {
        parameters: {
            query?: {
                dry_run?: boolean;
                impact_token?: string;
                wait?: "replicas";
            };
            header?: {
                "If-Match"?: string;
                "x-alias-reason"?: string;
            };
            path: {
                group: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["GroupEdit"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AccessGroup"];
                };
            };
        };
    };
    add_models_to_access_group: {
        parameters: {
            query?: {
                dry_run?: boolean;
                impact_token?: string;
                wait?: "replicas";
            };
            header?: {
                "x-alias-reason"?: string;
            };
            path: {
                group: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["MembersDraft"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ModelsAdded"];
                };
            };
        };
    };
    get_access_group_history: {
        parameters: {
            query?: {
                limit?: number;
                cursor?: string;
                offset?: number;
            };
            header?: never;
            path: {
                group: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AuditList"];
                };
            };
        };
    };
    get_access_group_impact: {
        parameters: {
            query: {
                action: string;
                model_aliases?: string;
            };
            header?: never;
            path: {
                group: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Impact"];
                };
            };
        };
    };
    replace_access_group_models: {
        parameters: {
            query?: {
                dry_run?: boolean;
                impact_token?: string;
                wait?: "replicas";
            };
            header?: {
                "If-Match"?: string;
                "x-alias-reason"?: string;
            };
            path: {
                group: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AccessGroupModels"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AccessGroup"];
                };
            };
        };
    };
    remove_models_from_access_group: {
        parameters: {
            query?: {
                dry_run?: boolean;
                impact_token?: string;
                wait?: "replicas";
            };
            header?: {
                "x-alias-reason"?: string;
            };
            path: {
                group: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["MembersDraft"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ModelsRemoved"];
                };
            };
        };
    };
    list_model_aliases: {
        parameters: {
            query?: {
                active?: boolean;
                provider?: string;
                access_group?: string;
                team?: string;
                tag?: string;
                deprecated?: boolean;
                priced?: boolean;
                in_catalog?: boolean;
                in_group?: boolean;
                unused_since?: string;
                q?: string;
                sort?: string;
                sort_by?: string;
                order?: string;
                limit?: number;
                cursor?: string;
                offset?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AliasList"];
                };
            };
        };
    };
    create_model_alias: {
        parameters: {
            query?: {
                if_exists?: string;
                dry_run?: boolean;
                impact_token?: string;
                wait?: "replicas";
            };
            header?: {
                "Idempotency-Key"?: string;
                "x-alias-reason"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AliasDraft"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ModelAlias"];
                };
            };
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ModelAlias"];
                };
            };
        };
    };
    change_model_aliases: {
        parameters: {
            query?: {
                wait?: "replicas";
            };
            header?: {
                "Idempotency-Key"?: string;
                "x-alias-reason"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Bulk"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BulkResults"];
                };
            };
        };
    };
    get_model_alias_by_name: {
        parameters: {
            query: {
                alias: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ModelAlias"];
                };
            };
        };
    };
    create_model_alias_by_post: {
        parameters: {
            query?: {
                if_exists?: string;
                dry_run?: boolean;
                impact_token?: string;
                wait?: "replicas";
            };
            header?: {
                "Idempotency-Key"?: string;
                "x-alias-reason"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AliasDraft"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ModelAlias"];
                };
            };
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ModelAlias"];
                };
            };
        };
    };
    validate_model_alias: {
        parameters: {
            query?: never;
            header?: {
                "x-alias-reason"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AliasDraft"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Validation"];
                };
            };
        };
    };
    get_model_alias: {
        parameters: {
            query?: {
                at?: string;
                expand?: string;
            };
            header?: never;
            path: {
                alias: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ModelAliasShown"];
                };
            };
        };
    };
    update_model_alias: {
        parameters: {
            query?: {
                effective_at?: string;
                dry_run?: boolean;
                impact_token?: string;
                wait?: "replicas";
            };
            header?: {
                "If-Match"?: string;
                "x-alias-reason"?: string;
            };
            path: {
                alias: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AliasEdit"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ModelAlias"];
                };
            };
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ScheduledChange"];
                };
            };
        };
    };
    delete_model_alias: {
        parameters: {
            query?: {
                effective_at?: string;
                dry_run?: boolean;
                impact_token?: string;
                wait?: "replicas";
            };
            header?: {
                "If-Match"?: string;
                Prefer?: string;
                "x-alias-reason"?: string;
            };
            path: {
                alias: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AliasDeleted"];
                };
            };
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ScheduledChange"];
                };
            };
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    update_model_alias_by_patch: {
        parameters: {
            query?: {
                effective_at?: string;
                dry_run?: boolean;
                impact_token?: string;
                wait?: "replicas";
            };
            header?: {
                "If-Match"?: string;
                "x-alias-reason"?: string;
            };
            path: {
                alias: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AliasEdit"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ModelAlias"];
                };
            };
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ScheduledChange"];
                };
            };
        };
    };
    compare_alias_targets: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                alias: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AliasArms"];
                };
            };
        };
    };
    list_alias_callers: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                alias: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AliasCallers"];
                };
            };
        };
    };
    deprecate_model_alias: {
        parameters: {
            query?: {
                effective_at?: string;
                dry_run?: boolean;
                impact_token?: string;
                wait?: "replicas";
            };
            header?: {
                "If-Match"?: string;
                "x-alias-reason"?: string;
            };
            path: {
                alias: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["DeprecationDraft"] | null;
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ModelAlias"];
                };
            };
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ScheduledChange"];
                };
            };
        };
    };
    disable_model_alias: {
        parameters: {
            query?: {
                effective_at?: string;
                dry_run?: boolean;
                impact_token?: string;
                wait?: "replicas";
            };
            header?: {
                "If-Match"?: string;
                "x-alias-reason"?: string;
            };
            path: {
                alias: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["Activity"] | null;
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ModelAlias"];
                };
            };
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ScheduledChange"];
                };
            };
        };
    };
    enable_model_alias: {
        parameters: {
            query?: {
                effective_at?: string;
                dry_run?: boolean;
                impact_token?: string;
                wait?: "replicas";
            };
            header?: {
                "If-Match"?: string;
                "x-alias-reason"?: string;
            };
            path: {
                alias: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["Activity"] | null;
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ModelAlias"];
                };
            };
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ScheduledChange"];
                };
            };
        };
    };
    get_model_alias_history: {
        parameters: {
            query?: {
                limit?: number;
                cursor?: string;
                offset?: number;
            };
            header?: never;
            path: {
                alias: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AliasVersions"];
                };
            };
        };
    };
    get_model_alias_impact: {
        parameters: {
            query: {
                action: string;
                litellm_model?: string;
            };
            header?: never;
            path: {
                alias: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Impact"];
                };
            };
        };
    };
    rename_model_alias: {
        parameters: {
            query?: {
                dry_run?: boolean;
                impact_token?: string;
                wait?: "replicas";
            };
            header?: {
                "If-Match"?: string;
                "x-alias-reason"?: string;
            };
            path: {
                alias: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RenamingDraft"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ModelAlias"];
                };
            };
        };
    };
    restore_model_alias: {
        parameters: {
            query?: {
                dry_run?: boolean;
                impact_token?: string;
                wait?: "replicas";
            };
            header?: {
                "x-alias-reason"?: string;
            };
            path: {
                alias: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["Reason"] | null;
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ModelAlias"];
                };
            };
        };
    };
    roll_back_model_alias: {
        parameters: {
            query?: {
                dry_run?: boolean;
                impact_token?: string;
                wait?: "replicas";
            };
            header?: {
                "If-Match"?: string;
                "x-alias-reason"?: string;
            };
            path: {
                alias: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Rollback"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ModelAlias"];
                };
            };
        };
    };
    get_model_alias_schedule: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                alias: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AliasSchedule"];
                };
            };
        };
    };
    cancel_model_alias_change: {
        parameters: {
            query?: {
                wait?: "replicas";
            };
            header?: {
                Prefer?: string;
                "x-alias-reason"?: string;
            };
            path: {
                alias: string;
                change: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Unscheduled"];
                };
            };
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    test_model_alias: {
        parameters: {
            query?: {
                wait?: "replicas";
            };
            header?: {
                "x-alias-reason"?: string;
            };
            path: {
                alias: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["TrialDraft"] | null;
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TestObject"];
                };
            };
        };
    };
    undeprecate_model_alias: {
        parameters: {
            query?: {
                effective_at?: string;
                dry_run?: boolean;
                impact_token?: string;
                wait?: "replicas";
            };
            header?: {
                "If-Match"?: string;
                "x-alias-reason"?: string;
            };
            path: {
                alias: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["Activity"] | null;
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ModelAlias"];
                };
            };
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ScheduledChange"];
                };
            };
        };
    };
    report_model_alias_usage: {
        parameters: {
            query?: {
                from?: string;
                to?: string;
                interval?: string;
                group_by?: string;
                format?: string;
                limit?: number;
                cursor?: string;
            };
            header?: never;
            path: {
                alias: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UsageReport"];
                };
            };
        };
    };
    list_notices: {
        parameters: {
            query?: {
                alias?: string;
                kind?: components["schemas"]["NoticeKind"];
                limit?: number;
                cursor?: string;
                offset?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NoticeList"];
                };
            };
        };
    };
    create_notice: {
        parameters: {
            query?: {
                dry_run?: boolean;
            };
            header?: {
                "Idempotency-Key"?: string;
                "x-alias-reason"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NoticeDraft"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NoticePreview"];
                };
            };
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NoticeObject"];
                };
            };
        };
    };
    get_notice: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                notice: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NoticeObject"];
                };
            };
        };
    };
    update_notice: {
        parameters: {
            query?: never;
            header?: {
                "If-Match"?: string;
                "x-alias-reason"?: string;
            };
            path: {
                notice: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NoticeEdit"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NoticeObject"];
                };
            };
        };
    };
    delete_notice: {
        parameters: {
            query?: never;
            header?: {
                "If-Match"?: string;
                Prefer?: string;
                "x-alias-reason"?: string;
            };
            path: {
                notice: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NoticeDeleted"];
                };
            };
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    update_notice_by_patch: {
        parameters: {
            query?: never;
            header?: {
                "If-Match"?: string;
                "x-alias-reason"?: string;
            };
            path: {
                notice: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NoticeEdit"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NoticeObject"];
                };
            };
        };
    };
    list_organizations: {
        parameters: {
            query?: {
                q?: string;
                sort?: string;
                sort_by?: string;
                order?: string;
                limit?: number;
                cursor?: string;
                offset?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OrganizationList"];
                };
            };
        };
    };
    create_organization: {
        parameters: {
            query?: {
                wait?: "replicas";
            };
            header?: {
                "Idempotency-Key"?: string;
                "x-alias-reason"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["OrganizationDraft"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NewOrganizationObject"];
                };
            };
        };
    };
    create_organization_by_post: {
        parameters: {
            query?: {
                wait?: "replicas";
            };
            header?: {
                "Idempotency-Key"?: string;
                "x-alias-reason"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["OrganizationDraft"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NewOrganizationObject"];
                };
            };
        };
    };
    get_organization: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                organization: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Organization"];
                };
            };
        };
    };
    update_organization: {
        parameters: {
            query?: {
                wait?: "replicas";
            };
            header?: {
                "If-Match"?: string;
                "x-alias-reason"?: string;
            };
            path: {
                organization: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["OrganizationEdit"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Organization"];
                };
            };
        };
    };
    delete_organization: {
        parameters: {
            query: {
                confirm: string;
                wait?: "replicas";
            };
            header?: {
                "If-Match"?: string;
                Prefer?: string;
                "x-alias-reason"?: string;
            };
            path: {
                organization: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OrganizationDeleted"];
                };
            };
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    update_organization_by_patch: {
        parameters: {
            query?: {
                wait?: "replicas";
            };
            header?: {
                "If-Match"?: string;
                "x-alias-reason"?: string;
            };
            path: {
                organization: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["OrganizationEdit"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Organization"];
                };
            };
        };
    };
    get_organization_costs: {
        parameters: {
            query?: {
                start_date?: string;
                end_date?: string;
            };
            header?: never;
            path: {
                organization: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OrganizationCosts"];
                };
            };
        };
    };
    set_organization_status: {
        parameters: {
            query?: {
                wait?: "replicas";
            };
            header?: {
                "If-Match"?: string;
                "x-alias-reason"?: string;
            };
            path: {
                organization: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["StatusDraft"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Organization"];
                };
            };
        };
    };
    list_organization_teams: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                organization: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OrganizationTeams"];
                };
            };
        };
    };
    get_organization_usage: {
        parameters: {
            query?: {
                period?: string;
            };
            header?: never;
            path: {
                organization: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OrganizationUsage"];
                };
            };
        };
    };
    plan_document: {
        parameters: {
            query?: {
                wait?: "replicas";
            };
            header?: {
                "x-alias-reason"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PlanRequest"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Plan"];
                };
            };
        };
    };
    list_replicas: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ReplicaList"];
                };
            };
        };
    };
    get_dashboard: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Dashboard"];
                };
            };
        };
    };
    list_teams: {
        parameters: {
            query?: {
                organization_id?: string;
                status?: string;
                q?: string;
                sort?: string;
                sort_by?: string;
                order?: string;
                limit?: number;
                cursor?: string;
                offset?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TeamList"];
                };
            };
        };
    };
    create_team: {
        parameters: {
            query?: {
                wait?: "replicas";
            };
            header?: {
                "Idempotency-Key"?: string;
                "x-alias-reason"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["TeamDraft"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Team"];
                };
            };
        };
    };
    create_team_by_post: {
        parameters: {
            query?: {
                wait?: "replicas";
            };
            header?: {
                "Idempotency-Key"?: string;
                "x-alias-reason"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["TeamDraft"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Team"];
                };
            };
        };
    };
    get_team: {
        parameters: {
            query?: {
                expand?: string;
            };
            header?: never;
            path: {
                team: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TeamShown"];
                };
            };
        };
    };
    update_team: {
        parameters: {
            query?: {
                dry_run?: boolean;
                impact_token?: string;
                wait?: "replicas";
            };
            header?: {
                "If-Match"?: string;
                "x-alias-reason"?: string;
            };
            path: {
                team: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["TeamEdit"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Team"];
                };
            };
        };
    };
    delete_team: {
        parameters: {
            query?: {
                wait?: "replicas";
            };
            header?: {
                "If-Match"?: string;
                Prefer?: string;
                "x-alias-reason"?: string;
            };
            path: {
                team: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TeamDeleted"];
                };
            };
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    update_team_by_patch: {
        parameters: {
            query?: {
                dry_run?: boolean;
                impact_token?: string;
                wait?: "replicas";
            };
            header?: {
                "If-Match"?: string;
                "x-alias-reason"?: string;
            };
            path: {
                team: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["TeamEdit"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Team"];
                };
            };
        };
    };
    replace_team_access_groups: {
        parameters: {
            query?: {
                dry_run?: boolean;
                impact_token?: string;
                wait?: "replicas";
            };
            header?: {
                "If-Match"?: string;
                "x-alias-reason"?: string;
            };
            path: {
                team: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["TeamAccessGroups"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Team"];
                };
            };
        };
    };
    list_team_jobs: {
        parameters: {
            query?: {
                status?: components["schemas"]["JobStatus"];
                job_type?: string;
                limit?: number;
                cursor?: string;
                offset?: number;
            };
            header?: never;
            path: {
                team: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["JobList"];
                };
            };
        };
    };
    list_keys: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                team: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KeyList"];
                };
            };
        };
    };
    create_key: {
        parameters: {
            query?: {
                wait?: "replicas";
            };
            header?: {
                "Idempotency-Key"?: string;
                "x-alias-reason"?: string;
            };
            path: {
                team: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["KeyDraft"] | null;
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NewTeamKey"];
                };
            };
        };
    };
    get_key: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                team: string;
                key: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TeamKey"];
                };
            };
        };
    };
    update_key: {
        parameters: {
            query?: {
                wait?: "replicas";
            };
            header?: {
                "x-alias-reason"?: string;
            };
            path: {
                team: string;
                key: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["KeyEdit"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TeamKey"];
                };
            };
        };
    };
    revoke_key: {
        parameters: {
            query?: {
                wait?: "replicas";
            };
            header?: {
                Prefer?: string;
                "x-alias-reason"?: string;
            };
            path: {
                team: string;
                key: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KeyRevoked"];
                };
            };
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    update_key_by_patch: {
        parameters: {
            query?: {
                wait?: "replicas";
            };
            header?: {
                "x-alias-reason"?: string;
            };
            path: {
                team: string;
                key: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["KeyEdit"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TeamKey"];
                };
            };
        };
    };
    rotate_key: {
        parameters: {
            query?: {
                wait?: "replicas";
            };
            header?: {
                "Idempotency-Key"?: string;
                "x-alias-reason"?: string;
            };
            path: {
                team: string;
                key: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["RotateDraft"] | null;
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RotatedKey"];
                };
            };
        };
    };
    set_team_markup: {
        parameters: {
            query?: {
                wait?: "replicas";
            };
            header?: {
                "If-Match"?: string;
                "x-alias-reason"?: string;
            };
            path: {
                team: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["MarkupBody"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Team"];
                };
            };
        };
    };
    set_team_markup_by_patch: {
        parameters: {
            query?: {
                wait?: "replicas";
            };
            header?: {
                "If-Match"?: string;
                "x-alias-reason"?: string;
            };
            path: {
                team: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["MarkupBody"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Team"];
                };
            };
        };
    };
    list_team_models: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                team: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TeamModels"];
                };
            };
        };
    };
    list_team_notices: {
        parameters: {
            query?: {
                limit?: number;
                cursor?: string;
                offset?: number;
            };
            header?: never;
            path: {
                team: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TeamNoticeList"];
                };
            };
        };
    };
    pause_team: {
        parameters: {
            query?: {
                wait?: "replicas";
            };
            header?: {
                "If-Match"?: string;
                "x-alias-reason"?: string;
            };
            path: {
                team: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["StatusDraft"] | null;
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Team"];
                };
            };
        };
    };
    pause_team_by_post: {
        parameters: {
            query?: {
                wait?: "replicas";
            };
            header?: {
                "If-Match"?: string;
                "x-alias-reason"?: string;
            };
            path: {
                team: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["StatusDraft"] | null;
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Team"];
                };
            };
        };
    };
    resume_team: {
        parameters: {
            query?: {
                wait?: "replicas";
            };
            header?: {
                "If-Match"?: string;
                "x-alias-reason"?: string;
            };
            path: {
                team: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["StatusDraft"] | null;
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Team"];
                };
            };
        };
    };
    resume_team_by_post: {
        parameters: {
            query?: {
                wait?: "replicas";
            };
            header?: {
                "If-Match"?: string;
                "x-alias-reason"?: string;
            };
            path: {
                team: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["StatusDraft"] | null;
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Team"];
                };
            };
        };
    };
    suspend_team: {
        parameters: {
            query?: {
                wait?: "replicas";
            };
            header?: {
                "If-Match"?: string;
                "x-alias-reason"?: string;
            };
            path: {
                team: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["StatusDraft"] | null;
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Team"];
                };
            };
        };
    };
    suspend_team_by_post: {
        parameters: {
            query?: {
                wait?: "replicas";
            };
            header?: {
                "If-Match"?: string;
                "x-alias-reason"?: string;
            };
            path: {
                team: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["StatusDraft"] | null;
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Team"];
                };
            };
        };
    };
    get_team_usage: {
        parameters: {
            query?: {
                period?: string;
            };
            header?: never;
            path: {
                team: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TeamUsage"];
                };
            };
        };
    };
    look_at_upstream: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Upstream"];
                };
            };
        };
    };
    report_usage: {
        parameters: {
            query?: {
                from?: string;
                to?: string;
                interval?: string;
                group_by?: string;
                alias?: string;
                team?: string;
                organization?: string;
                format?: string;
                limit?: number;
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UsageReport"];
                };
            };
        };
    };
    report_denied_calls: {
        parameters: {
            query?: {
                from?: string;
                to?: string;
                alias?: string;
                team?: string;
                organization?: string;
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeniedReport"];
                };
            };
        };
    };
    verify_usage: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Verification"];
                };
            };
        };
    };
    list_webhooks: {
        parameters: {
            query?: {
                team_id?: string;
                limit?: number;
                cursor?: string;
                offset?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookList"];
                };
            };
        };
    };
    register_webhook: {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
                "x-alias-reason"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["WebhookDraft"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NewWebhook"];
                };
            };
        };
    };
    get_webhook: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                webhook: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Webhook"];
                };
            };
        };
    };
    update_webhook: {
        parameters: {
            query?: never;
            header?: {
                "If-Match"?: string;
                "x-alias-reason"?: string;
            };
            path: {
                webhook: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["WebhookEdit"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Webhook"];
                };
            };
        };
    };
    delete_webhook: {
        parameters: {
            query?: never;
            header?: {
                "If-Match"?: string;
                Prefer?: string;
                "x-alias-reason"?: string;
            };
            path: {
                webhook: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookDeleted"];
                };
            };
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    update_webhook_by_patch: {
        parameters: {
            query?: never;
            header?: {
                "If-Match"?: string;
                "x-alias-reason"?: string;
            };
            path: {
                webhook: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["WebhookEdit"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Webhook"];
                };
            };
        };
    };
    list_webhook_deliveries: {
        parameters: {
            query?: {
                limit?: number;
                cursor?: string;
                offset?: number;
            };
            header?: never;
            path: {
                webhook: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeliveryList"];
                };
            };
        };
    };
    rotate_webhook_secret: {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
                "x-alias-reason"?: string;
            };
            path: {
                webhook: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NewWebhook"];
                };
            };
        };
    };
    test_webhook: {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
                "x-alias-reason"?: string;
            };
            path: {
                webhook: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookTested"];
                };
            };
        };
    };
    chat_completions_without_v1: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": Record<string, unknown>;
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, unknown>;
                };
            };
        };
    };
    show_reference: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/html": unknown;
                };
            };
        };
    };
    errors: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/html": string;
                    "text/markdown": string;
                };
            };
        };
    };
    errors_as_text: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/markdown": unknown;
                };
            };
        };
    };
    explain_error: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                code: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/html": string;
                    "text/markdown": string;
                };
            };
        };
    };
    health: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Health"];
                };
            };
        };
    };
    live: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Live"];
                };
            };
        };
    };
    ready: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Readiness"];
                };
            };
        };
    };
    list_pages: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": unknown;
                };
            };
        };
    };
    figures: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/openmetrics-text": unknown;
                };
            };
        };
    };
    get_openapi_document: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": unknown;
                };
            };
        };
    };
    show_objects: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/html": unknown;
                };
            };
        };
    };
    get_document_schema: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/schema+json": unknown;
                };
            };
        };
    };
    get_settings_schema: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/schema+json": unknown;
                };
            };
        };
    };
    show_dashboard: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/html": unknown;
                };
            };
        };
    };
    show_dashboard_page: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                path: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "*/*": unknown;
                };
            };
        };
    };
    chat_completions: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": Record<string, unknown>;
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, unknown>;
                };
            };
        };
    };
    completions: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": Record<string, unknown>;
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, unknown>;
                };
            };
        };
    };
    embeddings: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": Record<string, unknown>;
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, unknown>;
                };
            };
        };
    };
    images_generations: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": Record<string, unknown>;
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, unknown>;
                };
            };
        };
    };
    messages: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": Record<string, unknown>;
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, unknown>;
                };
            };
        };
    };
    list_models: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, unknown>;
                };
            };
        };
    };
    get_model: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                model: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, unknown>;
                };
            };
        };
    };
    moderations: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": Record<string, unknown>;
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, unknown>;
                };
            };
        };
    };
    list_own_notices: {
        parameters: {
            query?: {
                limit?: number;
                cursor?: string;
                offset?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TeamNoticeList"];
                };
            };
        };
    };
    rerank: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": Record<string, unknown>;
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, unknown>;
                };
            };
        };
    };
    responses: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": Record<string, unknown>;
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, unknown>;
                };
            };
        };
    };
    version: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Running"];
                };
            };
        };
    };
}
