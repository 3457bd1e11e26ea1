DROP TABLE credit_refills;
