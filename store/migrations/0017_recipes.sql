CREATE TABLE "recipe_starts" (
	"recipe" text NOT NULL,
	"event" text NOT NULL,
	"key" text NOT NULL,
	"workflow" text NOT NULL,
	"at_ms" bigint NOT NULL,
	CONSTRAINT "recipe_starts_recipe_event_key_pk" PRIMARY KEY("recipe","event","key")
);
--> statement-breakpoint
CREATE TABLE "recipe_watches" (
	"recipe" text PRIMARY KEY NOT NULL,
	"digest" text NOT NULL,
	"paused" boolean NOT NULL,
	"since_ms" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "recipes" (
	"name" text NOT NULL,
	"version" integer NOT NULL,
	"digest" text NOT NULL,
	"origin" text NOT NULL,
	"document" text NOT NULL,
	"at_ms" bigint NOT NULL,
	CONSTRAINT "recipes_name_version_pk" PRIMARY KEY("name","version"),
	CONSTRAINT "recipes_digest" UNIQUE("name","digest")
);
