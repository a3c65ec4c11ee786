import { defineConfig } from 'drizzle-kit';

// Only `drizzle-kit generate` reads this. The service applies the migrations itself (src/store/sqlite/migrate.ts).
export = defineConfig({
  dialect: 'sqlite',
  schema: './src/store/sqlite/schema.ts',
  out: './drizzle/sqlite',
});
