DROP TABLE sunset_reminders;
