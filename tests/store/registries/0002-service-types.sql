-- A registry as migration 0002 left it, with rows in it. Frozen: a later version has to take it.
CREATE TABLE __drizzle_migrations (id INTEGER PRIMARY KEY, hash TEXT NOT NULL, created_at INTEGER) STRICT;
CREATE TABLE `accepted_flavors` (
	`flavor_id` text PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`ram` integer NOT NULL,
	`vcpus` integer NOT NULL,
	`disk` integer NOT NULL,
	`ephemeral` integer NOT NULL,
	`swap` integer NOT NULL,
	`is_public` integer NOT NULL,
	`accepted_at` integer NOT NULL,
	CONSTRAINT "accepted_flavors_is_public" CHECK("accepted_flavors"."is_public" IN (0, 1))
) STRICT, WITHOUT ROWID;
CREATE TABLE `registrations` (
	`service_type` text NOT NULL,
	`flavor_id` text NOT NULL,
	`registered_at` integer NOT NULL,
	`registered_by_user_id` text NOT NULL,
	`registered_by_project_id` text NOT NULL,
	`request_id` text NOT NULL,
	`global_request_id` text,
	PRIMARY KEY(`service_type`, `flavor_id`),
	FOREIGN KEY (`flavor_id`) REFERENCES `accepted_flavors`(`flavor_id`) ON UPDATE no action ON DELETE no action
) STRICT, WITHOUT ROWID;
CREATE INDEX `registrations_flavor_id` ON `registrations` (`flavor_id`);
CREATE TABLE `kept_flavors` (
	`flavor_id` text PRIMARY KEY NOT NULL,
	`region` text NOT NULL,
	`compute_endpoint` text NOT NULL,
	`asked_at` integer NOT NULL,
	`flavor` text,
	`access` text,
	FOREIGN KEY (`flavor_id`) REFERENCES `accepted_flavors`(`flavor_id`) ON UPDATE no action ON DELETE cascade
) STRICT, WITHOUT ROWID;
CREATE TABLE `service_types` (
	`service_type` text PRIMARY KEY NOT NULL,
	`flavor_count` integer NOT NULL,
	`changed_at` integer NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO __drizzle_migrations VALUES (1, 'e68c25875bc4483eec67cf88778be75a6b126c0e55abcd687c99debf3b14977f', 1795352964562);
INSERT INTO __drizzle_migrations VALUES (2, 'ab4c125723ee0c788747299195d3401edc8a68c164705beee707829eda294865', 1795547996015);
INSERT INTO __drizzle_migrations VALUES (3, '6d193abb5538c1f792503d14cef509cc8b713e0241a686a55f7e52de1a9c1b23', 1795560482576);
INSERT INTO accepted_flavors VALUES ('1', 'm1.tiny', 512, 1, 1, 0, 0, 1, 1790000000000);
INSERT INTO accepted_flavors VALUES ('b1 large', 'ß "large"; --', 2147483648, 64, 80, 1, 2, 0, 1790000000001);
INSERT INTO registrations VALUES ('mysql', '1', 1790000000000, 'user-1', 'project-1', 'req-1', NULL);
INSERT INTO registrations VALUES ('mysql', 'b1 large', 1790000000001, 'user-2', 'project-2', 'req-2', 'req-global');
INSERT INTO registrations VALUES ('redis', '1', 1790000000002, 'user-1', 'project-1', 'req-3', NULL);
INSERT INTO kept_flavors VALUES ('1', 'RegionOne', 'https://nova.example/v2.1', 1790000000003, NULL, NULL);
INSERT INTO service_types VALUES ('mysql', 2, 1790000000002);
INSERT INTO service_types VALUES ('redis', 1, 1790000000002);
CREATE TRIGGER `registrations_inserted` AFTER INSERT ON `registrations` BEGIN
	INSERT INTO `service_types` VALUES (NEW.`service_type`, 1, CAST(unixepoch('subsec') * 1000 AS INTEGER))
		ON CONFLICT (`service_type`) DO UPDATE SET `flavor_count` = `flavor_count` + 1, `changed_at` = excluded.`changed_at`;
END;
CREATE TRIGGER `registrations_deleted` AFTER DELETE ON `registrations` BEGIN
	UPDATE `service_types` SET `flavor_count` = `flavor_count` - 1, `changed_at` = CAST(unixepoch('subsec') * 1000 AS INTEGER)
		WHERE `service_type` = OLD.`service_type`;
	DELETE FROM `service_types` WHERE `service_type` = OLD.`service_type` AND `flavor_count` = 0;
END;
PRAGMA application_id = 1382499948;
