import { serve } from './cli/serve';

void serve();
