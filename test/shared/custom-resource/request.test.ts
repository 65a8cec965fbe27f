import { describe, expect, it } from 'vitest';
import { isOfCloudFormation } from '../../../shared/custom-resource/request.ts';

describe('the address of an answer', () => {
  it.each([
    'https://cloudformation-custom-resource-response-useast1.s3.amazonaws.com/arn%3Aaws?X-Amz-Signature=1',
    'https://cloudformation-custom-resource-response-euwest1.s3.eu-west-1.amazonaws.com/arn',
    'https://cloudformation-custom-resource-response-cnnorth1.s3.cn-north-1.amazonaws.com.cn/arn',
  ])('is %s', (url) => {
    expect(isOfCloudFormation(url)).toBe(true);
  });

  it.each([
    'https://attacker.example/arn',
    'https://cloudformation-custom-resource-response-useast1.s3.amazonaws.com.attacker.example/',
    'https://attacker.example/cloudformation-custom-resource-response-useast1.s3.amazonaws.com',
    'http://cloudformation-custom-resource-response-useast1.s3.amazonaws.com/',
    'https://a-bucket.s3.amazonaws.com/',
  ])('is not %s', (url) => {
    expect(isOfCloudFormation(url)).toBe(false);
  });
});
